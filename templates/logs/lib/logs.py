# SPDX-License-Identifier: Apache-2.0
# logs.py GROUP HOST KIND - configuration of the CloudWatch agent: one stream HOST.INSTANCE.NAME for each log; of
# the head node also the metrics that its alarms watch.
import json
import sys

LOGS = {
    "boot": "/var/log/hpcc/boot.log", "cloud-init": "/var/log/cloud-init-output.log",
    "slurmctld": "/var/log/hpcc/slurmctld.log", "slurmd": "/var/log/hpcc/slurmd.log",
    "slurmdbd": "/var/log/hpcc/slurmdbd.log", "resume": "/var/log/hpcc/resume.log",
    "suspend": "/var/log/hpcc/suspend.log", "reconcile": "/var/log/hpcc/reconcile.log",
    "watchdog": "/var/log/hpcc/watchdog.log", "lifecycle": "/var/log/hpcc/lifecycle.log",
    "update": "/var/log/hpcc/update.log", "events": "/var/log/hpcc/events.log",
}
METRICS = {
    "append_dimensions": {"InstanceId": "${aws:InstanceId}"},
    "aggregation_dimensions": [["InstanceId", "path"]],
    "metrics_collected": {"mem": {"measurement": ["mem_used_percent"]},
                          "disk": {"measurement": ["disk_used_percent"], "resources": ["/"]}},
}


def main(group, host, kind):
    files = [{"file_path": LOGS[name], "log_group_name": group,
              "log_stream_name": "%s.{instance_id}.%s" % (host, name)} for name in LOGS]
    agent = {"agent": {"run_as_user": "root"},
             "logs": {"logs_collected": {"files": {"collect_list": files}}}}
    if kind == "head":
        agent["metrics"] = METRICS
    json.dump(agent, sys.stdout)


main(*sys.argv[1:])
