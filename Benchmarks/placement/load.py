"""Many clients at once. Each is a connection that sends its next request when it has the response to the last one.

Requests are assembled as bytes, and responses are parsed only as far as needed, so that the clients use little CPU beside the servers that they
measure. The clients are divided among several processes.
"""
import json
import multiprocessing
import random
import selectors
import socket
import time
import uuid


def request(method, path, body=None):
    payload = json.dumps(body, separators=(",", ":")).encode() if body is not None else b""
    head = (f"{method} /placement{path} HTTP/1.1\r\nHost: localhost\r\nX-Auth-Token: admin\r\n"
            "OpenStack-API-Version: placement 1.39\r\n")
    if payload:
        head += f"Content-Type: application/json\r\nContent-Length: {len(payload)}\r\n"
    return head.encode() + b"\r\n" + payload


def claim(consumer, provider, resources, generation=None):
    return request("PUT", f"/allocations/{consumer}", {
        "allocations": {provider: {"resources": resources}}, "project_id": "p", "user_id": "u",
        "consumer_generation": generation, "consumer_type": "INSTANCE"})


def release(consumer):
    return request("DELETE", f"/allocations/{consumer}")


class Client:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def send(self, content):
        self.began = time.perf_counter()
        self.socket.sendall(content)

    def receive(self):
        """Status and body when the response is complete, otherwise None."""
        part = self.socket.recv(1 << 16)
        if not part:
            raise ConnectionError("the server closed the connection")
        self.buffer += part
        head, found, rest = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return None
        length = 0
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if len(rest) < length:
            return None
        self.buffer = rest[length:]
        return int(head[9:12]), rest[:length]


def drive(ports, clients, seconds, make, first, results):
    """Runs clients until the time is over. `make(random)` returns a client's tally and its behaviour: a generator that yields requests and
    is sent (status, body, seconds)."""
    source = random.Random()
    selector = selectors.DefaultSelector()
    tallies = []
    end = time.perf_counter() + seconds
    for number in range(clients):
        client = Client(ports[(first + number) % len(ports)])
        tally, behaviour = make(source)
        tallies.append(tally)
        client.send(next(behaviour))
        selector.register(client.socket, selectors.EVENT_READ, (client, behaviour))
    busy = clients
    while busy:
        for key, _ in selector.select():
            client, behaviour = key.data
            answer = client.receive()
            if answer is None:
                continue
            now = time.perf_counter()
            following = behaviour.send((*answer, now - client.began))
            if now < end:
                client.send(following)
            else:
                selector.unregister(client.socket)
                client.socket.close()
                busy -= 1
    results.put(tallies)


def run(ports, clients, seconds, make, processes=2):
    """The tallies of all clients."""
    results = multiprocessing.Queue()
    workers = []
    for number in range(processes):
        share = clients // processes + (1 if number < clients % processes else 0)
        worker = multiprocessing.Process(target=drive, args=(ports, share, seconds, make, number, results))
        worker.start()
        workers.append(worker)
    tallies = [tally for _ in workers for tally in results.get(timeout=seconds + 120)]
    for worker in workers:
        worker.join()
    return tallies


def new_id(source):
    return str(uuid.UUID(int=source.getrandbits(128), version=4))
