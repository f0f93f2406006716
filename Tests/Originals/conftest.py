"""The originals, and Kilonova's processes beside them."""

import os
import pathlib
import queue
import random
import socket
import subprocess
import threading
import time

import pytest
import requests
from originals import Keystone

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("KILONOVA_BINARY", str(ROOT / ".build" / "debug" / "kilonova"))
SILENCE = 10


def free_port():
    """A free port below the range for outgoing connections, one of which could otherwise take it before the listener does."""
    for port in random.sample(range(20_000, 32_000), 100):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise AssertionError("no port is free")


def eventually(ask, within=180):
    deadline = time.monotonic() + within
    while not (answer := ask()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return answer


class Program:
    """One `kilonova` process; its first line says that it is ready."""

    def __init__(self, folder, *arguments):
        self.folder, self.arguments = folder, [str(word) for word in arguments]
        self.log = folder / f"{arguments[0]}.log"
        self.start()

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([BINARY, *self.arguments], stdout=subprocess.PIPE, stderr=log, text=True)
        lines = queue.Queue()
        threading.Thread(target=lambda: lines.put(self.process.stdout.readline()), daemon=True).start()
        self.line = lines.get(timeout=60).strip()
        assert self.line, self.log.read_text()[-3000:]

    def stop(self):
        self.process.terminate()
        assert self.process.wait(timeout=60) == 0, self.log.read_text()[-3000:]

    def kill(self):
        self.process.kill()
        self.process.wait()


def run(*arguments):
    result = subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    return result.stdout


def secret(path, text):
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    os.write(descriptor, text.encode())
    os.close(descriptor)
    return path


class Client:
    """Requests below one URL with one token."""

    def __init__(self, url, token=None, **headers):
        self.url = url
        self.headers = {**({"X-Auth-Token": token} if token else {}), **headers}

    def __call__(self, method, path, body=None, **headers):
        return requests.request(method, self.url + path, json=body, headers={**self.headers, **headers}, timeout=60)


@pytest.fixture(scope="session")
def keystone(tmp_path_factory):
    service = Keystone(tmp_path_factory.mktemp("keystone") / "etc").start()
    yield service
    service.stop()
