"""The original accelerator service: API, conductor, and an agent with the fake driver."""
import json
import os
import uuid

from .files import gunicorn, write_ini
from .processes import answers, free_port


class Cyborg:
    names = ("cyborg-api", "cyborg-conductor", "cyborg-agent")

    def __init__(self, processes, venv):
        self.processes = processes
        self.venv = venv
        self.folder = os.path.join(processes.folder, "cyborg")
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.url = f"{self.base}/v2"

    def start(self, database, broker, cloud, host, workers):
        service = cloud.account("cyborg")
        configuration = write_ini(f"{self.folder}/cyborg.conf", {
            "DEFAULT": {"transport_url": broker.url, "state_path": f"{self.folder}/state", "host": host, "use_stderr": "true"},
            "api": {"api_paste_config": f"{self.venv}/etc/cyborg/api-paste.ini"},
            "agent": {"enabled_drivers": "fake_driver", "resource_provider_name": host},
            "database": {"connection": database.create("cyborg")},
            "keystone_authtoken": cloud.authtoken("cyborg"),
            "service_user": {**service, "send_service_user_token": "true"},
            "placement": service, "nova": service, "glance": service,
            "oslo_concurrency": {"lock_path": f"{self.folder}/locks"},
        })
        arguments = ["--config-file", configuration]
        self.processes.run("cyborg-dbsync", [f"{self.venv}/bin/cyborg-dbsync", *arguments, "upgrade"])
        self.processes.start("cyborg-conductor", [f"{self.venv}/bin/cyborg-conductor", *arguments])
        self.processes.start("cyborg-api", gunicorn(self.venv, "cyborg.wsgi.api:application", self.port, threads=16,
                                                    workers=workers, arguments=arguments),
                             ready=lambda: answers(f"{self.base}/"), within=180)
        self.processes.start("cyborg-agent", [f"{self.venv}/bin/cyborg-agent", *arguments])

    @staticmethod
    def fill(database, count, handles):
        """Writes devices directly into its database, each with one deployable and free handles. Returns their hosts and providers."""
        providers, rows = [], {name: [] for name in ("devices", "controlpath_ids", "deployables", "attributes", "attach_handles")}
        first = 1000
        for number in range(first, first + count):
            path = {"domain": "0000", "bus": "0c", "device": "00", "function": "0"}
            provider = str(uuid.uuid4())
            providers.append((f"other-{number}", provider))
            rows["devices"].append((number, str(uuid.uuid4()), "FPGA", "0xABCD", "miss model info",
                                    '{"device_id": "0xabcd", "class": "Fake class"}', "fake_vendor_info", f"other-{number}"))
            rows["controlpath_ids"].append((number, str(uuid.uuid4()), number, "PCI", json.dumps(path)))
            rows["deployables"].append((number, str(uuid.uuid4()), f"other-{number}_FakeDevice", handles, number, provider, "fake"))
            rows["attributes"] += [(str(uuid.uuid4()), number, "traits1", "CUSTOM_FAKE_DEVICE"),
                                   (str(uuid.uuid4()), number, "rc", "FPGA")]
            for place in range(1, handles + 1):
                path = {**path, "device": str(place // 8), "function": str(place % 8)}
                rows["attach_handles"].append((str(uuid.uuid4()), number, number, False, "TEST_PCI", json.dumps(path)))
        columns = {
            "devices": "id, uuid, type, vendor, model, std_board_info, vendor_board_info, hostname",
            "controlpath_ids": "id, uuid, device_id, cpid_type, cpid_info",
            "deployables": "id, uuid, name, num_accelerators, device_id, rp_uuid, driver_name",
            "attributes": "uuid, deployable_id, `key`, value",
            "attach_handles": "uuid, deployable_id, cpid_id, in_use, attach_type, attach_info",
        }
        for table, names in columns.items():
            places = ", ".join(["%s"] * len(rows[table][0]))
            database.run(f"INSERT INTO {table} ({names}, created_at) VALUES ({places}, UTC_TIMESTAMP())", rows[table], "cyborg")
        return providers
