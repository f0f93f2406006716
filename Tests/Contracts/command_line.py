"""Runs the `openstack` client in processes that are forked from one that has imported it already.

The client is the installed one, unmodified: arguments, environment, input, output and exit code are those of a process of its own. Only
the imports, which take longer than most commands, are made once.
"""

import importlib
import importlib.metadata
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import traceback


class CommandLine:
    """The process that has imported the client, and calls to it from any thread."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="kilonova-cli-")
        self.address = os.path.join(self.folder.name, "socket")
        self.process = subprocess.Popen(
            [sys.executable, __file__, self.address], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "ready\n"

    def end(self):
        self.process.terminate()
        self.process.wait(timeout=30)
        self.folder.cleanup()

    def run(self, arguments, environment, timeout=120):
        """The outcome of `openstack ARGUMENTS`, as `subprocess.run` gives it."""
        with tempfile.TemporaryDirectory(dir=self.folder.name) as folder, socket.socket(socket.AF_UNIX) as peer:
            paths = [os.path.join(folder, name) for name in ("stdout", "stderr")]
            peer.settimeout(timeout)
            peer.connect(self.address)
            request = {"arguments": list(arguments), "environment": dict(environment), "paths": paths, "cwd": os.getcwd()}
            peer.sendall(json.dumps(request).encode() + b"\n")
            with peer.makefile("rb") as answers:
                child = int(answers.readline())
                try:
                    code = int(answers.readline())
                except TimeoutError:
                    os.kill(child, signal.SIGKILL)
                    raise
            stdout, stderr = (pathlib.Path(path).read_text() for path in paths)
        return subprocess.CompletedProcess(["openstack", *arguments], code, stdout, stderr)


def serve(address):
    import openstackclient.shell

    for group in sorted(importlib.metadata.entry_points().groups):
        if group.startswith("openstack.") or group == "keystoneauth1.plugin":
            for entry in importlib.metadata.entry_points(group=group):
                try:
                    importlib.import_module(entry.module)
                except Exception:
                    pass  # Of a plugin that nothing here calls; the client passes over it, too.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen(16)
        print("ready", flush=True)
        while True:
            peer, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                answer(peer, openstackclient.shell.main)
            peer.close()


def answer(peer, main):
    """Reads one request, tells the process id of its command, and then its exit code."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with peer.makefile("rb") as requests:
        request = json.loads(requests.readline())
    child = os.fork()
    if child == 0:
        peer.close()
        run(request, main)
    peer.sendall(b"%d\n" % child)
    _, status = os.waitpid(child, 0)
    peer.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def run(request, main):
    code = 1
    try:
        os.environ.clear()
        os.environ.update(request["environment"])
        os.chdir(request["cwd"])
        for descriptor, path in enumerate(request["paths"], start=1):
            opened = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
            os.dup2(opened, descriptor)
            os.close(opened)
        sys.argv = ["openstack", *request["arguments"]]
        code = main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code or 0)


if __name__ == "__main__":
    serve(sys.argv[1])
