"""The original Placement."""
import os

from .files import gunicorn, write_ini
from .processes import answers, free_port


class Placement:
    def __init__(self, processes, venv):
        self.processes = processes
        self.venv = venv
        self.folder = os.path.join(processes.folder, "placement")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self, database, cloud):
        configuration = write_ini(f"{self.folder}/placement.conf", {
            "DEFAULT": {"use_stderr": "true"},
            "placement_database": {"connection": database.create("placement")},
            "api": {"auth_strategy": "keystone"},
            "keystone_authtoken": cloud.authtoken("placement"),
        })
        self.processes.run("placement", [f"{self.venv}/bin/placement-manage", "--config-file", configuration, "db", "sync"])
        self.processes.start("placement", gunicorn(self.venv, "placement.wsgi.api:application", self.port),
                             env={"OS_PLACEMENT_CONFIG_DIR": self.folder}, ready=lambda: answers(self.url))
