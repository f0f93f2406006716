#!/usr/bin/env bash
# Several of openstacksdk's accelerator calls do not do what the accelerator API and their own documentation say.
#
# Package: openstacksdk 4.22.0 (PyPI). One expects that the calls of `connection.accelerator` send what Cyborg's API reference describes.
# Instead:
#   * accelerator_requests(instance=ID) drops the API's own filter without a word, and returns the requests of all instances. devices(sort=)
#     drops the order that its documentation names.
#   * patch_deployable(ID, patch), which loads a bitstream onto an FPGA, sends PATCH /deployables/ID/program/ID. The API has
#     /deployables/ID/program.
#   * update_deployable(ID, patch), the older name of it, calls itself until Python stops it, and sends nothing.
#   * create_attribute() wraps its body in "attribute". The API has it flat.
#
# Why it matters: a program that deletes "the requests of this instance" deletes those of every instance that it may see. FPGAs cannot be
# programmed through the SDK where the server knows the documented path only. accelerator_requests(instance_uuid=ID) filters in the
# client; connection.accelerator.get() and patch() send any request. Kilonova accepts the doubled id, in
# Sources/Accelerators/Wire/PathAliases.swift, and both forms of an attribute, in Sources/Accelerators/Attributes/Attribute.swift; it
# cannot know of a filter that was not sent.
#
# Exit status: 0 if this is still so, 1 if it has changed, 77 if the packages cannot be had. Needs Debian 12 with python3-venv, and
# network access to PyPI. A small server on the loopback interface takes the requests.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --no-compile openstacksdk==4.22.0 2>/dev/null || exit 77

venv/bin/python - >seen <<'P'
import http.server
import json
import threading
import warnings

warnings.simplefilter("ignore")
import openstack

HERE, THERE = "here", "there"
REQUESTS = [{"uuid": one, "state": "Bound", "instance_uuid": one} for one in (HERE, THERE)]
sent = []


class Accelerators(http.server.BaseHTTPRequestHandler):
    """The part of the accelerator API that is asked here."""

    def respond(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        path, _, query = self.path.partition("?")
        content = json.dumps(json.loads(body), sort_keys=True) if body else ""
        sent.append(f"{self.command} {self.path} {content}".strip())
        answer = {"uuid": HERE}
        if path == "/v2":
            links = [{"rel": "self", "href": url}]
            answer = {"versions": [{"id": "v2.0", "status": "CURRENT", "min_version": "2.0", "max_version": "2.3", "links": links}]}
        if path.endswith("/accelerator_requests"):
            wanted = query.removeprefix("instance=")
            answer = {"arqs": [one for one in REQUESTS if wanted in ("", one["instance_uuid"])]}
        elif path.endswith("/devices"):
            answer = {"devices": [{"uuid": HERE}]}
        data = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_PATCH = do_POST = respond

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Accelerators)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/v2"
accelerator = openstack.connect(auth_type="none", endpoint=url, accelerator_endpoint_override=url).accelerator


def show(title, call):
    sent.clear()
    try:
        outcome = call()
    except RecursionError:
        outcome = "RecursionError"
    print(f"{title}: {'; '.join(sent) or 'nothing sent'} -> {outcome}")


PATCH = [{"op": "replace", "path": "/program", "value": []}]
show("requests of one instance", lambda: f"requests of {len(list(accelerator.accelerator_requests(instance=HERE)))} instances")
show("requests by instance_uuid", lambda: f"requests of {len(list(accelerator.accelerator_requests(instance_uuid=HERE)))} instance")
show("devices in order", lambda: f"{len(list(accelerator.devices(sort='type:desc')))} device")
show("patch_deployable", lambda: type(accelerator.patch_deployable(HERE, PATCH)).__name__)
show("update_deployable", lambda: accelerator.update_deployable(HERE, PATCH))
show("create_attribute", lambda: type(accelerator.create_attribute(deployable_id=1, key="a", value="b")).__name__)
P
cat seen
diff - seen <<'T' || { echo "changed: see the lines above"; exit 1; }
requests of one instance: GET /v2/accelerator_requests -> requests of 2 instances
requests by instance_uuid: GET /v2/accelerator_requests -> requests of 1 instance
devices in order: GET /v2/devices -> 1 device
patch_deployable: PATCH /v2/deployables/here/program/here [{"op": "replace", "path": "/program", "value": []}] -> Deployable
update_deployable: nothing sent -> RecursionError
create_attribute: POST /v2/attributes {"attribute": {"deployable_id": 1, "key": "a", "value": "b"}} -> Attribute
T
