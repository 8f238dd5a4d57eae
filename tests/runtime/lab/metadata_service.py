# SPDX-License-Identifier: Apache-2.0
"""The instance metadata service, version 2, for all machines of the laboratory; a caller is known by its address."""
import http.server
import json
import threading


def tree(machine):
    """{path below latest/: text} for one machine."""
    i = machine.instance
    tags = {t["Key"]: t["Value"] for t in i.get("Tags", [])}
    card = f"meta-data/network/interfaces/macs/{machine.mac}/"
    found = {
        "meta-data/instance-id": i["InstanceId"], "meta-data/ami-id": i["ImageId"],
        "meta-data/instance-type": i["InstanceType"], "meta-data/local-ipv4": machine.address,
        "meta-data/mac": machine.mac, "meta-data/hostname": f"ip-{machine.address.replace('.', '-')}.ec2.internal",
        "meta-data/local-hostname": f"ip-{machine.address.replace('.', '-')}.ec2.internal",
        "meta-data/placement/availability-zone": i["Placement"]["AvailabilityZone"],
        "meta-data/placement/region": machine.region,
        card + "device-number": "0", card + "subnet-id": i.get("SubnetId", ""),
        card + "local-ipv4s": machine.address, card + "mac": machine.mac,
        card + "subnet-ipv4-cidr-block": "10.0.0.0/16", card + "vpc-ipv4-cidr-block": "10.0.0.0/16",
        card + "vpc-ipv4-cidr-blocks": "10.0.0.0/16",
        "dynamic/instance-identity/document": json.dumps({
            "region": machine.region, "instanceId": i["InstanceId"], "accountId": "123456789012",
            "availabilityZone": i["Placement"]["AvailabilityZone"], "instanceType": i["InstanceType"]})}
    if machine.profile:
        found["meta-data/iam/security-credentials/" + machine.profile] = json.dumps({
            "Code": "Success", "Type": "AWS-HMAC", "AccessKeyId": machine.access_key, "SecretAccessKey": "secret",
            "Token": "token", "Expiration": "2099-01-01T00:00:00Z"})
    if machine.leaving:
        found["meta-data/spot/instance-action"] = json.dumps({"action": "terminate", "time": machine.leaving})
    if (i.get("MetadataOptions") or {}).get("InstanceMetadataTags") == "enabled":
        found.update({"meta-data/tags/instance/" + key: value for key, value in tags.items()})
    return found


def listing(found, folder):
    names = sorted({path[len(folder):].split("/")[0] + ("/" if "/" in path[len(folder):] else "")
                    for path in found if path.startswith(folder)})
    return "\n".join(name if not name.endswith("/") or "security-credentials" not in folder else name[:-1]
                     for name in names)


def handler(machine_of):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self, status, body=b"", headers=()):
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_PUT(self):
            seconds = self.headers.get("X-aws-ec2-metadata-token-ttl-seconds")
            if self.path != "/latest/api/token" or not seconds:
                return self.answer(400)
            self.answer(200, b"TOKEN", [("X-aws-ec2-metadata-token-ttl-seconds", seconds)])

        def do_GET(self):
            machine = machine_of(self.client_address[0])
            if self.headers.get("X-aws-ec2-metadata-token") != "TOKEN":
                return self.answer(401)
            if machine is None:
                return self.answer(404)
            version, _, path = self.path.strip("/").partition("/")
            if not version:
                return self.answer(200, b"2021-03-23\nlatest")
            if path == "user-data":
                return self.answer(200, machine.user_data) if machine.user_data else self.answer(404)
            found = tree(machine)
            if path in found:
                return self.answer(200, found[path].encode())
            folder = path.rstrip("/") + "/" if path else ""
            names = listing(found, folder)
            return self.answer(200, names.encode()) if names else self.answer(404)

        def log_message(self, *_):
            pass
    return Handler


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 200  # machines boot together


def serve(machine_of):
    server = Server(("169.254.169.254", 80), handler(machine_of))
    threading.Thread(target=server.serve_forever, daemon=True).start()
