"""The two image services, with their stores in one folder on one disk, and the database of the original."""
import os
import shutil
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path += [os.path.join(ROOT, "Benchmarks", "placement"), os.path.join(ROOT, "Tests", "Interop")]

import processes  # noqa: E402
from stack.database import Database  # noqa: E402
from stack.processes import Processes, answers, eventually  # noqa: E402

# Who calls, in the headers that Keystone's middleware would set. Both services believe them, because none validates tokens here.
IDENTITY = {"X-Auth-Token": "admin", "X-Identity-Status": "Confirmed", "X-User-Id": "admin", "X-Roles": "admin,member,reader",
            "X-Project-Id": "6f70656e737461636b20696d61676573"}


class ImageServer(processes.Server):
    """A running image service."""

    def __init__(self, name, command, port, prefix, environment, log, store, keeps_connections, database=None):
        super().__init__(name, command, port, prefix, environment, log)
        self.store, self.keeps_connections, self.database, self.headers = store, keeps_connections, database, IDENTITY

    def wait(self):
        """Waits until the server responds. The list of versions has the status 300, which is a response, too."""
        def settled():
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.name} did not start: {self.last_words()}")
            return answers(f"http://127.0.0.1:{self.port}{self.prefix or '/'}")
        eventually(f"{self.name} to respond", settled, 120, 0.1)

    def cpu(self):
        """Seconds of CPU time of the server's processes, and of those of its database."""
        return processes.cpu(self.pid), processes.cpu(self.database) if self.database else 0.0

    def forget_peak(self):
        processes.forget_peak(self.pid)

    def peak(self):
        """The most memory in MB that was resident since `forget_peak`; of several processes the sum."""
        return processes.peak(self.pid)


def kilonova(program, folder):
    """Kilonova with nothing but its image service, on SQLite."""
    port = processes.free_port()
    here = f"{folder}/kilonova"
    os.makedirs(f"{here}/keys", mode=0o700)
    with open(f"{here}/kilonova.yaml", "w") as file:
        file.write(f"listen:\n  address: 127.0.0.1:{port}\ndatabase:\n  url: sqlite://{here}/kilonova.sqlite\n"
                   f"services:\n  enabled: [image]\nauth:\n  auth_strategy: noauth2\n"
                   f"identity:\n  fernet_key_repository: {here}/keys\n"
                   f"image:\n  filesystem_store_datadir: {here}/images\nlog:\n  access: false\n  level: warning\n")
    log = open(f"{here}/log", "w")
    return ImageServer("kilonova", [program, "server", "--config", f"{here}/kilonova.yaml"], port, "/image", {}, log,
                       f"{here}/images", keeps_connections=True)


class Original:
    """Glance of a virtual environment behind uWSGI, and MariaDB."""

    def __init__(self, venv, folder, workers, threads):
        self.venv, self.folder = venv, f"{folder}/glance"
        self.workers, self.threads = workers, threads
        os.makedirs(f"{self.folder}/images")
        self.processes = Processes(folder)
        self.database = Database(self.processes, durable=True)

    def start(self):
        self.database.start()
        port = processes.free_port()
        configuration = self.configure(port)
        self.processes.run("glance-manage", [f"{self.venv}/bin/glance-manage", "--config-file", configuration, "db_sync"])
        command = [f"{self.venv}/bin/uwsgi", "--http-socket", f"127.0.0.1:{port}", "--module", "glance.wsgi.api:application",
                   "--master", "--die-on-term", "--lazy-apps", "--enable-threads", "--need-app", "--disable-logging",
                   "--processes", str(self.workers), "--threads", str(self.threads), "--thunder-lock",
                   "--buffer-size", "65535", "--http-chunked-input", "--socket-timeout", "600", "--listen", "100"]
        settings = {"OS_GLANCE_CONFIG_FILES": configuration, "OS_GLANCE_CONFIG_DIR": self.folder, "PYTHONWARNINGS": "ignore"}
        log = open(f"{self.folder}/log", "w")
        return ImageServer("glance", command, port, "", settings, log, f"{self.folder}/images", keeps_connections=False,
                           database=self.processes.running["database"].pid)

    def configure(self, port):
        paste = self.paste()
        path = f"{self.folder}/glance-api.conf"
        with open(path, "w") as file:
            file.write(
                f"[DEFAULT]\nenabled_backends = files:file\nuse_stderr = true\npublic_endpoint = http://127.0.0.1:{port}\n"
                f"[database]\nconnection = {self.database.create('glance')}\n"
                f"[paste_deploy]\nconfig_file = {paste}\nflavor = keystone\n"
                f"[glance_store]\ndefault_backend = files\n[files]\nfilesystem_store_datadir = {self.folder}/images\n"
                f"[os_glance_staging_store]\nfilesystem_store_datadir = {self.folder}/staging\n"
                f"[os_glance_tasks_store]\nfilesystem_store_datadir = {self.folder}/tasks\n"
                "[oslo_messaging_notifications]\ndriver = noop\n")
        return path

    def paste(self):
        """The published pipelines without the filter that validates tokens at Keystone."""
        with open(f"{self.venv}/etc/glance/glance-api-paste.ini") as file:
            published = file.read()
        path = f"{self.folder}/glance-api-paste.ini"
        with open(path, "w") as file:
            file.write(published.replace(" authtoken context ", " context "))
        return path

    def stop(self):
        self.processes.stop_all()


def empty(server):
    """Removes the data of a server that has stopped."""
    shutil.rmtree(server.store, ignore_errors=True)
