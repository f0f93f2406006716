#!/usr/bin/env python3
"""Replaces Neutron for servers without a network. Nova requests their ports nevertheless; the response is empty.

usage: network.py PORT
"""
import http.server
import json
import sys


class EmptyNetwork(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        parts = [part for part in self.path.partition("?")[0].split("/") if part]
        name = parts[-1].removesuffix(".json").replace("-", "_") if parts else ""
        if not parts or parts == ["v2.0"]:
            self.answer({"versions": [{"id": "v2.0", "status": "CURRENT", "links": []}], "resources": []})
        elif len(parts) > 2:
            self.answer({"NeutronError": {"type": "NotFound", "message": "There is none.", "detail": ""}}, 404)
        else:
            self.answer({name: []})

    def answer(self, document, status=200):
        content = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


if __name__ == "__main__":
    http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), EmptyNetwork).serve_forever()
