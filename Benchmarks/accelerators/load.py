"""Sends requests over many connections at once, in one thread without a client library, so that the load generator uses little CPU."""
import collections
import selectors
import socket
import time


class Exchange:
    """One request, and a function of its response that returns the next request, or None when the work is finished."""

    __slots__ = ("content", "then")

    def __init__(self, method, path, headers, body=None, then=None):
        lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *headers]
        if body is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        self.content = ("\r\n".join(lines) + "\r\n\r\n" + (body or "")).encode()
        self.then = then or (lambda status, body: None)


class Connection:
    def __init__(self, port, selector):
        self.port = port
        self.selector = selector
        self.socket = None
        self.exchange = None
        self.received = b""

    def send(self, exchange):
        self.exchange = exchange
        self.received = b""
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=120)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.selector.register(self.socket, selectors.EVENT_READ, self)
        self.socket.sendall(exchange.content)

    def close(self):
        if self.socket is not None:
            self.selector.unregister(self.socket)
            self.socket.close()
            self.socket = None

    def receive(self):
        """Status and body when the response is complete, otherwise None."""
        part = self.socket.recv(1 << 20)
        if not part:
            self.close()
            return 0, b"the connection was closed"
        self.received += part
        head, blank, body = self.received.partition(b"\r\n\r\n")
        if not blank:
            return None
        status = int(head[9:12])
        fields = head.lower()
        if b"\r\ntransfer-encoding: chunked" in fields:
            if not body.endswith(b"0\r\n\r\n"):
                return None
        else:
            place = fields.find(b"\r\ncontent-length:")
            length = int(fields[place + 17:].split(b"\r\n", 1)[0]) if place >= 0 else 0
            if len(body) < length:
                return None
        if b"\r\nconnection: close" in fields:
            self.close()
        return status, body


class Outcome:
    def __init__(self):
        self.done = 0
        self.errors = collections.Counter()
        self.times = []
        self.seconds = 0.0

    @property
    def rate(self):
        return self.done / self.seconds if self.seconds else 0.0

    def middle(self):
        ordered = sorted(self.times)
        return ordered[len(ordered) // 2] * 1000 if ordered else float("nan")


def drive(port, concurrency, begin, seconds=None, count=None):
    """Keeps `concurrency` pieces of work running, each started with `begin()`, for a time or until `count` are done.

    A step that fails returns an error text in place of the next exchange.
    """
    selector = selectors.DefaultSelector()
    outcome = Outcome()
    started = time.monotonic()
    since = {}
    begun = 0

    def more():
        return begun < count if count is not None else time.monotonic() - started < seconds

    idle = [Connection(port, selector) for _ in range(concurrency)]
    busy = 0
    while True:
        while idle and more():
            connection = idle.pop()
            begun += 1
            busy += 1
            since[connection] = time.monotonic()
            connection.send(begin())
        if not busy:
            break
        events = selector.select(timeout=120)
        if not events:
            outcome.errors["no response within 120 s"] += busy
            break
        for key, _ in events:
            connection = key.data
            answer = connection.receive()
            if answer is None:
                continue
            next_step = connection.exchange.then(*answer)
            if isinstance(next_step, Exchange):
                connection.send(next_step)
                continue
            if isinstance(next_step, str):
                outcome.errors[next_step] += 1
            else:
                outcome.done += 1
                outcome.times.append(time.monotonic() - since[connection])
            busy -= 1
            idle.append(connection)
    outcome.seconds = time.monotonic() - started
    for connection in idle:
        connection.close()
    selector.close()
    return outcome
