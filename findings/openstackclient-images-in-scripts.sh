#!/usr/bin/env bash
# In a script, two image commands of python-openstackclient succeed with an image that has no data.
#
# Package: python-openstackclient 10.5.0 with openstacksdk 4.22.0 (PyPI). One expects that `image create` without --file only makes the
# record, and that `image save` of an image that has no data fails. Instead:
#   * `image create NAME`, where standard input is not a terminal, uploads standard input: nothing from /dev/null, as in cron, a service or
#     a CI job, and in a `while read` loop the rest of the loop's list. The upload is chunked and has no length. An image service accepts an
#     upload of zero bytes, so the image becomes active; an import or an upload by a later step is then refused with 409. With standard
#     input closed (<&-), which its source names as the way to upload nothing, it fails in the client.
#   * `image save` of an image that has no data writes an empty file, and ends with exit status 0. The image service responds 204; only a
#     line on standard error says that there is no hash to check.
#
# Why it matters: servers are started from an empty image, and backups of images are empty, while each step of the script succeeded.
# Scripts should pass --file; where only the record is wanted, they can make it through openstacksdk, or run the command on a terminal
# of its own (script -qec 'openstack image create NAME' /dev/null). They should check status and size of an image before they save it.
# An image service has to accept chunked uploads of zero bytes all the same, because Glance does; an active image of size 0 is worth a
# line in its log.
#
# Exit status: 0 if this is still so, 1 if it has changed, 77 if the packages cannot be had. Needs Debian 12 with python3-venv, and
# network access to PyPI. A small server on the loopback interface takes the place of the image service.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --no-compile python-openstackclient==10.5.0 openstacksdk==4.22.0 2>/dev/null || exit 77

venv/bin/python - >seen <<'P'
import http.server
import json
import os
import subprocess
import threading

ID = "33333333-3333-3333-3333-333333333333"
IMAGE = {"id": ID, "name": "image", "status": "queued", "disk_format": "raw", "container_format": "bare", "tags": []}
uploads = []


class Images(http.server.BaseHTTPRequestHandler):
    """The part of the image API that is asked here; the image has no data."""

    protocol_version = "HTTP/1.1"

    def body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        data = b""
        while size := int(self.rfile.readline(), 16):
            data += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return data

    def respond(self):
        data, status, answer = self.body(), 200, IMAGE
        if self.path == "/":
            links = [{"rel": "self", "href": f"http://{self.headers['Host']}/v2/"}]
            status, answer = 300, {"versions": [{"id": "v2.17", "status": "CURRENT", "links": links}]}
        elif self.path.endswith("/file"):
            status, answer = 204, None
            if self.command == "PUT":
                kind = "chunked" if self.headers.get("Transfer-Encoding") == "chunked" else "with length"
                uploads.append(f"{kind} upload of {len(data)} bytes")
        elif self.command == "POST":
            status = 201
        self.send_response(status)
        if answer:
            content = json.dumps(answer).encode()
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        else:
            self.end_headers()

    do_GET = do_POST = do_PUT = respond

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Images)
threading.Thread(target=server.serve_forever, daemon=True).start()


def show(title, words, **options):
    uploads.clear()
    command = ["venv/bin/openstack", "--os-auth-type", "none", "--os-endpoint", f"http://127.0.0.1:{server.server_port}"]
    status = subprocess.run(command + words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options).returncode
    print(f"{title}: exit status {status}, {'; '.join(uploads) or 'no upload'}")


create = ["image", "create", "--disk-format", "raw", "image"]
show("image create, input from /dev/null", create, stdin=subprocess.DEVNULL)
show("image create, in a loop over a list", create, input=b"second\nthird\n")
show("image create, input closed", create, preexec_fn=lambda: os.close(0))
show("image create, input from a terminal", create, stdin=os.openpty()[1])
show("image save of an image without data", ["image", "save", "--file", "saved", ID])
print(f"the saved file has {os.path.getsize('saved')} bytes")
P
cat seen
diff - seen <<'T' || { echo "changed: see the lines above"; exit 1; }
image create, input from /dev/null: exit status 0, chunked upload of 0 bytes
image create, in a loop over a list: exit status 0, chunked upload of 13 bytes
image create, input closed: exit status 1, no upload
image create, input from a terminal: exit status 0, no upload
image save of an image without data: exit status 0, no upload
the saved file has 0 bytes
T
