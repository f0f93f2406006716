"""The measured processes: starts them, and reads their CPU time and memory."""
import base64
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
TICK = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def tree(pid):
    """The ids of the process and all its descendants."""
    found, pending = [], [pid]
    while pending:
        one = pending.pop()
        found.append(one)
        try:
            for thread in os.listdir(f"/proc/{one}/task"):
                with open(f"/proc/{one}/task/{thread}/children") as file:
                    pending += [int(word) for word in file.read().split()]
        except (FileNotFoundError, ProcessLookupError):
            pass
    return found


def cpu(pid):
    """Seconds of CPU time of the process and all its descendants, including those that have ended and were waited for."""
    sum = 0.0
    for one in tree(pid):
        try:
            for thread in os.listdir(f"/proc/{one}/task"):
                with open(f"/proc/{one}/task/{thread}/schedstat") as file:
                    sum += int(file.read().split()[0]) / 1e9
            with open(f"/proc/{one}/stat") as file:
                words = file.read().rsplit(")", 1)[1].split()
                sum += (int(words[13]) + int(words[14])) / TICK
        except (FileNotFoundError, ProcessLookupError):
            pass
    return sum


def status(pid, name):
    with open(f"/proc/{pid}/status") as file:
        for line in file:
            if line.startswith(name + ":"):
                return int(line.split()[1]) / 1000
    return 0.0


def forget_peak(pid):
    for one in tree(pid):
        try:
            with open(f"/proc/{one}/clear_refs", "w") as file:
                file.write("5")
        except OSError:
            pass


def peak(pid):
    """The sum of the processes' peak memory since `forget_peak`, in MB."""
    return sum(status(one, "VmHWM") for one in tree(pid) if os.path.exists(f"/proc/{one}"))


def resident(pid):
    return sum(status(one, "VmRSS") for one in tree(pid) if os.path.exists(f"/proc/{one}"))


class Folder:
    """A temporary folder for one run."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix="kilonova-bench-")
        os.chmod(self.path, 0o755)

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)


class Server:
    """A process that serves Placement on `port` below `prefix`."""

    def __init__(self, name, command, port, prefix, environment, log):
        self.name, self.port, self.prefix, self.log = name, port, prefix, log
        self.process = subprocess.Popen(command, env={**os.environ, **environment}, start_new_session=True,
                                        stdout=log, stderr=log)
        self.pid = self.process.pid

    def wait(self, seconds=120):
        """Waits until the server responds; returns the seconds that this took."""
        begin = time.perf_counter()
        while True:
            try:
                request = urllib.request.Request(f"http://127.0.0.1:{self.port}{self.prefix or '/'}")
                urllib.request.urlopen(request, timeout=5).read()
                return time.perf_counter() - begin
            except OSError:
                if self.process.poll() is not None or time.perf_counter() - begin > seconds:
                    raise RuntimeError(f"{self.name} did not start: {self.last_words()}") from None
                time.sleep(0.005)

    def last_words(self):
        with open(self.log.name) as file:
            return file.read()[-1000:]

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                for one in reversed(tree(self.pid)):
                    os.kill(one, signal.SIGKILL)
                self.process.wait()


def kilonova(program, folder, database, name="kilonova"):
    port = free_port()
    path = f"{folder}/{name}-{port}.yaml"
    os.makedirs(f"{folder}/keys", exist_ok=True)
    if not os.path.exists(f"{folder}/keys/1"):
        with open(f"{folder}/keys/1", "wb") as file:
            file.write(base64.urlsafe_b64encode(os.urandom(32)))
        os.chmod(f"{folder}/keys/1", 0o600)
    with open(path, "w") as file:
        file.write(f"listen:\n  address: 127.0.0.1:{port}\ndatabase:\n  url: {database}\nservices:\n  enabled: [placement]\n"
                   f"auth:\n  auth_strategy: noauth2\nidentity:\n  fernet_key_repository: {folder}/keys\n"
                   "log:\n  access: false\n  level: warning\n")
    log = open(f"{folder}/{name}-{port}.log", "w")
    return Server(name, [program, "server", "--config", path], port, "/placement", {}, log)


def original(environment, folder, database, workers=2):
    """openstack-placement of the virtual environment behind gunicorn."""
    port = free_port()
    os.makedirs(f"{folder}/original", exist_ok=True)
    with open(f"{folder}/original/placement.conf", "w") as file:
        file.write(f"[api]\nauth_strategy = noauth2\n[placement_database]\nconnection = {database}\n")
    settings = {"OS_PLACEMENT_CONFIG_DIR": f"{folder}/original"}
    subprocess.run([f"{environment}/bin/placement-manage", "--config-file", f"{folder}/original/placement.conf", "db", "sync"],
                   check=True, capture_output=True)
    log = open(f"{folder}/original-{port}.log", "w")
    return Server("original", [f"{environment}/bin/gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", str(workers),
                               "--timeout", "3600", "--log-level", "warning", "placement.wsgi.api:application"], port, "",
                  settings, log)


class PostgreSQL:
    """A PostgreSQL server that the tests' script starts for this run."""

    SCRIPT = str(HERE.parent.parent / "Tests" / "Scripts" / "postgres.sh")

    def __init__(self, folder):
        self.folder = f"{folder}/postgresql"
        self.url = subprocess.run([self.SCRIPT, "start", self.folder], check=True, capture_output=True,
                                  text=True).stdout.split()[-1]
        with open(f"{self.folder}/where") as file:
            where = file.read().strip()
        with open(f"{where}/postmaster.pid") as file:
            self.pid = int(file.readline())

    def database(self, name):
        """The URL of a new, empty database."""
        url = self.url.replace("/kilonova?", f"/{name}?")
        subprocess.run(["psql", "-X", "-q", "-c", f"CREATE DATABASE {name}", self.url], check=True)
        return url

    def stop(self):
        subprocess.run([self.SCRIPT, "stop", self.folder], check=False)
