# SPDX-License-Identifier: Apache-2.0
# logs.py GROUP HOST KIND - configuration of the CloudWatch agent: one stream HOST.INSTANCE.NAME for each log; of
# the head node also the metrics that its alarms watch.
import json
import sys

LOGS = {"cloud-init": "/var/log/cloud-init-output.log"}
for log in ("boot events follow gpu-check lifecycle reconcile resume slurmctld slurmd slurmdbd suspend "
            "update watchdog").split():
    LOGS[log] = "/var/log/hpcc/%s.log" % log
METRICS = {
    "append_dimensions": {"InstanceId": "${aws:InstanceId}"},
    "aggregation_dimensions": [["InstanceId", "path"], ["InstanceId"]],
    "metrics_collected": {"mem": {"measurement": ["mem_used_percent"]},
                          "disk": {"measurement": ["disk_used_percent"], "resources": ["/", "/srv/hpcc"]}},
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
