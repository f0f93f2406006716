"""Starts one `kilonova dev` for all contract tests and points the field's clients at it."""

import atexit
import functools
import json
import os
import pathlib
import queue
import subprocess
import threading

import pytest

import documents
from command_line import CommandLine

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("KILONOVA_BINARY", str(ROOT / ".build" / "debug" / "kilonova"))
RECORDED_HOST = ROOT / "Fixtures" / "hosts" / "two-socket.host"
READY_WITHIN = 60


@functools.cache
def command_line():
    """The `openstack` client of the whole run."""
    started = CommandLine()
    atexit.register(started.end)
    return started


class Kilonova:
    """A running `kilonova dev` and the ways to talk to it."""

    def __init__(self, data_dir, *extra, env=None):
        self.data_dir = pathlib.Path(data_dir)
        self.extra = list(extra)
        self.env = {**os.environ, "KILONOVA_LISTEN__CHECK_ANSWERS": "true", **(env or {})}
        self.process = None
        self.url = None

    def start(self, listen="127.0.0.1:0"):
        log = open(self.data_dir / "server.log", "ab")
        self.process = subprocess.Popen(
            [BINARY, "dev", "--data-dir", str(self.data_dir), "--listen", listen, *self.extra],
            stdout=subprocess.PIPE, stderr=log, env=self.env, text=True)
        lines = queue.Queue()
        threading.Thread(target=lambda: [lines.put(line) for line in self.process.stdout], daemon=True).start()
        try:
            line = lines.get(timeout=READY_WITHIN)
        except queue.Empty:
            self.kill()
            raise AssertionError(f"not ready within {READY_WITHIN} s:\n{self.log()}") from None
        assert line.startswith("ready "), line
        self.url = line.split()[1]
        return self

    def differing(self):
        """What the server itself found in its answers to differ from its OpenAPI documents."""
        lines = (self.data_dir / "server.log").read_text(errors="replace").splitlines()
        return sorted({line for line in lines if "answer differs from its document" in line})

    def log(self):
        return (self.data_dir / "server.log").read_text(errors="replace")[-4000:]

    def stop(self):
        """As an operator would; answers the exit code."""
        self.process.terminate()
        return self.process.wait(timeout=30)

    def kill(self):
        """As a power cut would."""
        self.process.kill()
        self.process.wait(timeout=30)

    @property
    def clouds(self):
        return self.data_dir / "clouds.yaml"

    def openstack(self, *arguments, cloud="kilonova", check=True):
        """Runs the `openstack` client; answers its JSON, or its text where it prints none."""
        result = command_line().run(
            ["--os-cloud", cloud, *map(str, arguments)], {**self.env, "OS_CLIENT_CONFIG_FILE": str(self.clouds)})
        if check:
            assert result.returncode == 0, f"{arguments}: {result.stderr}\n{self.log()}"
            try:
                return json.loads(result.stdout)
            except json.JSONDecodeError:
                return result.stdout
        return result

    def json(self, *arguments, cloud="kilonova"):
        return self.openstack(*arguments, "-f", "json", cloud=cloud)


@pytest.fixture(scope="session")
def kilonova(tmp_path_factory):
    """One control plane with this host's agent left out and one recorded host, for the whole run."""
    extra = ["--no-agent", "--driver", "fake", "--driver", "pci"]
    if RECORDED_HOST.exists():
        extra += ["--recorded-host", str(RECORDED_HOST)]
    server = Kilonova(tmp_path_factory.mktemp("kilonova"), *extra).start()
    os.environ["OS_CLIENT_CONFIG_FILE"] = str(server.clouds)
    documented, end = documents.watch(server.url)
    yield server
    end()
    code = server.stop()
    assert code == 0, f"stopped with {code}:\n{server.log()}"
    assert not server.differing(), "\n".join(server.differing())
    assert not documented.mismatches, "\n".join(sorted(set(documented.mismatches)))
    print(f"{documented.checked} answers were held against their documents")


@pytest.fixture(scope="module")
def image_cloud(tmp_path_factory):
    """A control plane with the image service alone, for one file of tests; every response is held against the documents."""
    server = Kilonova(
        tmp_path_factory.mktemp("images"), "--no-agent",
        env={"KILONOVA_SERVICES__ENABLED": "[identity, image]", "KILONOVA_IMAGE__LIMITS": "off"}).start()
    before = os.environ.get("OS_CLIENT_CONFIG_FILE")
    os.environ["OS_CLIENT_CONFIG_FILE"] = str(server.clouds)
    documented, end = documents.watch(server.url)
    yield server
    end()
    if before is not None:
        os.environ["OS_CLIENT_CONFIG_FILE"] = before
    code = server.stop()
    assert code == 0, f"stopped with {code}:\n{server.log()}"
    assert not server.differing(), "\n".join(server.differing())
    assert not documented.mismatches, "\n".join(sorted(set(documented.mismatches)))


@pytest.fixture(autouse=True, scope="session")
def client_configuration(kilonova):
    """Every test finds the clouds `kilonova`, `kilonova-demo` and `kilonova-service`."""
    return kilonova
