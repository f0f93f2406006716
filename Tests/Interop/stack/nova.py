"""The original Nova: its API, conductor, scheduler, and computes with the fake hypervisor."""
import os

from .files import gunicorn, write_ini
from .processes import answers, free_port


class Nova:
    def __init__(self, processes, venv):
        self.processes = processes
        self.venv = venv
        self.folder = os.path.join(processes.folder, "nova")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/v2.1"

    def start(self, database, broker, cloud):
        service = cloud.account("nova")
        main, cell0 = database.create("nova"), database.create("nova_cell0")
        self.configuration = write_ini(f"{self.folder}/nova.conf", {
            "DEFAULT": {"transport_url": broker.url, "state_path": f"{self.folder}/state", "my_ip": "127.0.0.1",
                        "host": "controller", "use_stderr": "true", "service_down_time": "60",
                        "report_interval": "10", "compute_driver": "fake.FakeDriverWithoutFakeNodes", "instances_path": f"{self.folder}/instances"},
            "api_database": {"connection": database.create("nova_api")},
            "database": {"connection": main},
            "keystone_authtoken": cloud.authtoken("nova"),
            "service_user": {**service, "send_service_user_token": "true"},
            "placement": service, "glance": service, "neutron": service, "cyborg": {"region_name": service["region_name"]},
            "cinder": {"os_region_name": service["region_name"]},
            "oslo_concurrency": {"lock_path": f"{self.folder}/locks"},
            "oslo_messaging_notifications": {"driver": "noop"},
            "conductor": {"workers": "1"}, "scheduler": {"workers": "1"}, "vnc": {"enabled": "false"},
            "wsgi": {"api_paste_config": f"{self.venv}/etc/nova/api-paste.ini"},
        })
        manage = [f"{self.venv}/bin/nova-manage", "--config-file", self.configuration]
        self.processes.run("nova-manage", [*manage, "api_db", "sync"])
        self.processes.run("nova-manage", [*manage, "cell_v2", "map_cell0", "--database_connection", cell0])
        self.processes.run("nova-manage", [*manage, "db", "sync"])
        self.processes.run("nova-manage", [*manage, "cell_v2", "create_cell", "--name", "cell1"])
        self.processes.start("nova-api", gunicorn(self.venv, "nova.wsgi.osapi_compute:application", self.port),
                             env={"OS_NOVA_CONFIG_FILES": f"{self.venv}/etc/nova/api-paste.ini;{self.configuration}"},
                             ready=lambda: answers(f"http://127.0.0.1:{self.port}/"))
        for name in ("conductor", "scheduler"):
            self.processes.start(f"nova-{name}", [f"{self.venv}/bin/nova-{name}", "--config-file", self.configuration])

    def start_compute(self, host):
        """Starts a compute service of that name. Its provider exists after its first report."""
        state = f"{self.folder}/{host}"
        own = write_ini(f"{self.folder}/{host}.conf", {
            "DEFAULT": {"host": host, "state_path": state, "instances_path": f"{state}/instances", "debug": "true"}})
        os.makedirs(f"{state}/instances", exist_ok=True)
        self.processes.start(f"nova-compute-{host}", [
            f"{self.venv}/bin/nova-compute", "--config-file", self.configuration, "--config-file", own])

    def stop_compute(self, host):
        self.processes.stop(f"nova-compute-{host}")

    def discover_hosts(self):
        self.processes.run("nova-manage", [f"{self.venv}/bin/nova-manage", "--config-file", self.configuration,
                                           "cell_v2", "discover_hosts"])
