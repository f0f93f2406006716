"""The original Keystone."""
import os

from .files import gunicorn, write_ini
from .processes import answers, free_port


class Keystone:
    password = "interop-admin"

    def __init__(self, processes, venv):
        self.processes = processes
        self.venv = venv
        self.folder = os.path.join(processes.folder, "keystone")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/v3"

    def start(self, database):
        configuration = write_ini(f"{self.folder}/keystone.conf", {
            "DEFAULT": {"use_stderr": "true", "log_file": ""},
            "database": {"connection": database.create("keystone")},
            "token": {"provider": "fernet"},
            "fernet_tokens": {"key_repository": f"{self.folder}/fernet"},
            "credential": {"key_repository": f"{self.folder}/credential"},
        })
        os.makedirs(f"{self.folder}/fernet", mode=0o700, exist_ok=True)
        os.makedirs(f"{self.folder}/credential", mode=0o700, exist_ok=True)
        manage = [f"{self.venv}/bin/keystone-manage", "--config-file", configuration]
        owner = ["--keystone-user", "root", "--keystone-group", "root"] if os.geteuid() == 0 else []
        self.processes.run("keystone", [*manage, "db_sync"])
        self.processes.run("keystone", [*manage, "fernet_setup", *owner])
        self.processes.run("keystone", [*manage, "credential_setup", *owner])
        self.processes.run("keystone", [
            *manage, "bootstrap", "--bootstrap-password", self.password, "--bootstrap-region-id", "RegionOne",
            *(part for kind in ("admin", "internal", "public") for part in (f"--bootstrap-{kind}-url", self.url))])
        self.processes.start("keystone", gunicorn(self.venv, "keystone.wsgi.api:application", self.port),
                             env={"OS_KEYSTONE_CONFIG_FILES": configuration}, ready=lambda: answers(self.url))
