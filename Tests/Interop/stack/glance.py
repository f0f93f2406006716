"""The original Glance, with files as its store."""
import os

from .files import gunicorn, write_ini
from .processes import answers, free_port


class Glance:
    def __init__(self, processes, venv):
        self.processes = processes
        self.venv = venv
        self.folder = os.path.join(processes.folder, "glance")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self, database, cloud):
        os.makedirs(f"{self.folder}/images", exist_ok=True)
        configuration = write_ini(f"{self.folder}/glance-api.conf", {
            "DEFAULT": {"use_stderr": "true", "enabled_backends": "files:file", "public_endpoint": self.url,
                        "worker_self_reference_url": self.url},
            "database": {"connection": database.create("glance")},
            "keystone_authtoken": cloud.authtoken("glance"),
            "paste_deploy": {"flavor": "keystone", "config_file": f"{self.venv}/etc/glance/glance-api-paste.ini"},
            "glance_store": {"default_backend": "files"},
            "files": {"filesystem_store_datadir": f"{self.folder}/images"},
            "os_glance_staging_store": {"filesystem_store_datadir": f"{self.folder}/staging"},
            "os_glance_tasks_store": {"filesystem_store_datadir": f"{self.folder}/tasks"},
            "oslo_messaging_notifications": {"driver": "noop"},
        })
        self.processes.run("glance", [f"{self.venv}/bin/glance-manage", "--config-file", configuration, "db_sync"])
        self.processes.start("glance", gunicorn(self.venv, "glance.wsgi.api:application", self.port),
                             env={"OS_GLANCE_CONFIG_FILES": configuration, "OS_GLANCE_CONFIG_DIR": self.folder},
                             ready=lambda: answers(self.url))
