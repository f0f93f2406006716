#!/usr/bin/env python3
"""Replaces Nova for external events: accepts each one as Nova does. usage: compute_events.py PORT"""
import http.server
import json
import sys

taken = 0


class Events(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer({"taken": taken})

    def do_POST(self):
        global taken
        events = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))["events"]
        taken += len(events)
        self.answer({"events": [{**event, "code": 200} for event in events]})

    def answer(self, document):
        content = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Events).serve_forever()
