"""One HTTP client for both servers. It sends files from the page cache and drops what it downloads, so that it uses little CPU beside them."""
import hashlib
import http.client
import json
import os
import socket
import time

PIECE = 1 << 20


class Unexpected(Exception):
    """A response that the measurement does not expect."""


class Client:
    def __init__(self, server, timeout=900):
        self.server, self.timeout = server, timeout
        self.socket = None

    def close(self):
        if self.socket is not None:
            self.socket.close()
            self.socket = None

    def ask(self, method, path, body=None, expect=None):
        """The parsed body of a response, None if it has none. Fails unless the status is below 300."""
        payload = json.dumps(body).encode() if body is not None else b""
        head = {"Content-Type": "application/json", "Content-Length": str(len(payload))} if body is not None else {}
        response = self.begin(method, path, head, payload)
        content = response.read()
        self.end(response)
        self.check(method, path, response, content)
        if expect is not None and content.count(expect[0]) != expect[1]:
            raise Unexpected(f"{self.server.name}: GET {path}: not {expect[1]} times {expect[0]}: {content[:300]}")
        return json.loads(content) if content and expect is None else None

    def upload(self, path, source, offset, count):
        """Sends `count` bytes of the open file `source` from `offset` on."""
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(count)}
        response = self.begin("PUT", path, headers, b"", (source.fileno(), offset, count))
        content = response.read()
        self.end(response)
        self.check("PUT", path, response, content)

    def download(self, path, count, digest=None):
        """Reads `count` bytes. They are hashed only if they must have a digest."""
        response = self.begin("GET", path, {}, b"")
        self.check("GET", path, response, b"")
        hasher = hashlib.sha512() if digest else None
        space = memoryview(bytearray(PIECE))
        left = count
        while read := response.readinto(space):
            left -= read
            if hasher:
                hasher.update(space[:read])
        self.end(response)
        if left or hasher and hasher.hexdigest() != digest:
            raise Unexpected(f"{self.server.name}: GET {path}: {count - left} bytes of {count}, or other bytes")

    def begin(self, method, path, headers, body, file=None):
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.server.port), timeout=self.timeout)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        lines = [f"{method} {self.server.prefix}{path} HTTP/1.1", f"Host: 127.0.0.1:{self.server.port}"]
        lines += [f"{name}: {value}" for name, value in {**self.server.headers, **headers}.items()]
        try:
            self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode() + body)
            if file:
                self.send(*file)
        except (BrokenPipeError, ConnectionResetError):
            pass  # The response says why.
        response = http.client.HTTPResponse(self.socket, method=method)
        response.begin()
        return response

    def send(self, descriptor, offset, count):
        end = offset + count
        self.socket.settimeout(None)
        while offset < end:
            offset += os.sendfile(self.socket.fileno(), descriptor, offset, min(PIECE, end - offset))
        self.socket.settimeout(self.timeout)

    def end(self, response):
        if response.will_close or not self.server.keeps_connections:
            self.close()
        response.close()

    def check(self, method, path, response, content):
        if response.status >= 300:
            raise Unexpected(f"{self.server.name}: {method} {path}: {response.status} {content[:400]}")


def timed(action):
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin
