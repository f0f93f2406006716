"""Processes that belong to one run: started in sessions of their own, counted, and stopped by their ids."""
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request


class Failure(Exception):
    """An error that ends a run, with one sentence for the report."""


def free_port():
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def eventually(what, ask, within=60, pause=0.3):
    """The first true result of `ask`. Fails with `what` if there is none within `within` seconds."""
    deadline = time.monotonic() + within
    while True:
        answer = ask()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise Failure(f"{what}: not within {within} s")
        time.sleep(pause)


def listens(port):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def answers(url):
    """Whether an HTTP server responds there, with any status."""
    try:
        urllib.request.urlopen(url, timeout=5).close()
        return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


class Processes:
    def __init__(self, folder):
        self.folder = folder
        self.logs = os.path.join(folder, "logs")
        os.makedirs(self.logs, exist_ok=True)
        self.running = {}

    def environment(self, extra):
        inherited = {key: value for key, value in os.environ.items()
                     if not key.startswith(("OS_", "KILONOVA_", "RABBITMQ_", "http_proxy", "https_proxy"))}
        return {**inherited, "PYTHONWARNINGS": "ignore", **{key: str(value) for key, value in (extra or {}).items()}}

    def run(self, name, command, env=None, within=300, given=None):
        """Runs a command to its end and returns its output. Raises `Failure` if it fails."""
        command = [str(part) for part in command]
        try:
            result = subprocess.run(command, env=self.environment(env), cwd=self.folder, input=given, text=True,
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=within)
        except subprocess.TimeoutExpired:
            raise Failure(f"{name}: `{' '.join(command[:4])}` did not end within {within} s") from None
        except FileNotFoundError:
            raise Failure(f"{name}: there is no program {command[0]}") from None
        with open(os.path.join(self.logs, f"{name}.log"), "a") as log:
            log.write(f"$ {' '.join(command)}\n{result.stdout}{result.stderr}")
        if result.returncode:
            raise Failure(f"{name}: `{' '.join(command[:6])}` ended with {result.returncode}: "
                          f"{(result.stderr or result.stdout).strip()[-1500:]}")
        return result.stdout

    def start(self, name, command, env=None, ready=None, within=90):
        """Starts a process and waits until `ready` is true."""
        with open(os.path.join(self.logs, f"{name}.log"), "ab") as log:
            process = subprocess.Popen(
                [str(part) for part in command], env=self.environment(env), cwd=self.folder, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True)
        self.running[name] = process

        def settled():
            if process.poll() is not None:
                raise Failure(f"{name} ended with {process.returncode} while it started: {self.tail(name)}")
            return ready is None or ready()

        try:
            eventually(f"{name} to be ready", settled, within)
        except Failure as failure:
            raise Failure(f"{failure}: {self.tail(name)}") from None
        return process

    def stop(self, name, within=20):
        process = self.running.pop(name, None)
        if process is None:
            return
        # The process has a session of its own. Everything that it started ends with it.
        for kind, patience in ((signal.SIGTERM, within), (signal.SIGKILL, 10)):
            try:
                if kind == signal.SIGTERM:
                    process.send_signal(kind)
                else:
                    os.killpg(process.pid, kind)
            except ProcessLookupError:
                break
            try:
                process.wait(timeout=patience)
            except subprocess.TimeoutExpired:
                continue
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def stop_all(self):
        for name in reversed(list(self.running)):
            self.stop(name)

    def members(self, *names):
        """The process ids of those sessions, children included."""
        sessions = {self.running[name].pid for name in names}
        found = []
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                try:
                    if os.getsid(int(entry)) in sessions:
                        found.append(int(entry))
                except ProcessLookupError:
                    pass
        return found

    def log(self, name):
        try:
            with open(os.path.join(self.logs, f"{name}.log"), errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def tail(self, name, lines=25):
        return "\n".join(self.log(name).splitlines()[-lines:])
