"""A real Keystone and a real Placement on loopback, each over its own SQLite database in a folder that is removed afterwards.

    originals.py COMMAND [ARGUMENTS]    runs COMMAND with KILONOVA_TEST_KEYSTONE and KILONOVA_TEST_PLACEMENT set
"""

import contextlib
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

import requests

BIN = pathlib.Path(sys.executable).parent
ADMIN = {"user": "admin", "password": "adminpw", "project": "admin"}

SERVE = """
import os, socketserver, sys
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
name, config, port = sys.argv[1:4]
sys.argv = [name]
if name == "keystone":
    os.environ["OS_KEYSTONE_CONFIG_FILES"] = config
    from keystone.server.wsgi import initialize_public_application as application
else:
    os.environ["OS_PLACEMENT_CONFIG_DIR"] = os.path.dirname(config)
    from placement.wsgi import init_application as application
class Handler(WSGIRequestHandler):
    def log_message(self, *_): pass
class Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True
    # The clients use HTTP/1.1 with bodies of known length. Name look-ups only cost time.
    def server_bind(self):
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]
        self.setup_environ()
make_server("127.0.0.1", int(port), application(), server_class=Server, handler_class=Handler).serve_forever()
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def quietly(*command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{command}: {done.stdout}\n{done.stderr}"


class Service:
    """One of them as a process."""

    def __init__(self, name, config, port):
        self.name, self.config, self.port = name, config, port
        self.url = f"http://127.0.0.1:{port}"

    def start(self):
        self.launch()
        return self.wait()

    def launch(self):
        self.log = self.config.parent / f"{self.name}.{self.port}.log"
        log = open(self.log, "ab")
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", SERVE, self.name, str(self.config), str(self.port)], stdout=log, stderr=log)

    def wait(self):
        deadline = time.monotonic() + 60
        while True:
            with contextlib.suppress(requests.ConnectionError):
                requests.get(self.url, timeout=10)
                return self
            assert self.process.poll() is None and time.monotonic() < deadline, self.log.read_text()[-3000:]
            time.sleep(0.1)

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Keystone(Service):
    """Contains the users and projects that RealKeystoneTests describes. `hurried` issues tokens with a lifetime of two seconds, over the same
    database."""

    def __init__(self, folder):
        folder.mkdir()
        port = free_port()
        config = folder / "keystone.conf"
        config.write_text(self.configuration(folder, 3600))
        super().__init__("keystone", config, port)
        hurried = folder / "hurried.conf"
        hurried.write_text(self.configuration(folder, 2))
        self.hurried = Service("keystone", hurried, free_port())

    @staticmethod
    def configuration(folder, lifetime):
        return f"""
[DEFAULT]
log_file = {folder}/keystone.log
[database]
connection = sqlite:///{folder}/keystone.db?timeout=60
[token]
expiration = {lifetime}
[fernet_tokens]
key_repository = {folder}/keys
[fernet_receipts]
key_repository = {folder}/keys
[credential]
key_repository = {folder}/credentials
[cache]
enabled = false
[identity]
password_hash_rounds = 4
"""

    def start(self):
        def manage(*words):
            quietly(BIN / "keystone-manage", "--config-file", self.config, *words)

        for name in ("keys", "credentials"):
            (self.config.parent / name).mkdir(mode=0o700)
        user = ["--keystone-user", str(os.getuid()), "--keystone-group", str(os.getgid())]
        manage("fernet_setup", *user)
        manage("credential_setup", *user)
        manage("db_sync")
        manage("bootstrap", "--bootstrap-password", ADMIN["password"], "--bootstrap-region-id", "one",
               "--bootstrap-public-url", f"{self.url}/v3", "--bootstrap-internal-url", f"{self.url}/v3")
        self.launch()
        self.hurried.launch()
        self.wait()
        self.hurried.wait()
        self.fill()
        return self

    def stop(self):
        self.hurried.stop()
        super().stop()

    def token(self, user, password, project, url=None):
        answer = requests.post(f"{url or self.url}/v3/auth/tokens", timeout=30, json={"auth": {
            "identity": {"methods": ["password"], "password": {"user": {
                "name": user, "password": password, "domain": {"id": "default"}}}},
            "scope": {"project": {"name": project, "domain": {"id": "default"}}}}})
        assert answer.status_code == 201, answer.text
        return answer.headers["X-Subject-Token"]

    def ask(self, method, path, body=None):
        answer = requests.request(method, f"{self.url}/v3{path}", json=body, timeout=30,
                                  headers={"X-Auth-Token": self.own})
        assert answer.status_code < 300, f"{method} {path}: {answer.text}"
        return answer.json() if answer.content else None

    def fill(self):
        self.own = self.token(**ADMIN)
        roles = {role["name"]: role["id"] for role in self.ask("GET", "/roles")["roles"]}
        projects = {}
        for name in ("service", "demo"):
            projects[name] = self.ask("POST", "/projects", {"project": {"name": name, "domain_id": "default"}})["project"]["id"]
        for user, password, project, role in (
                ("kilonova", "svcpw", "service", "service"), ("nova", "novapw", "service", "service"),
                ("ann", "annpw", "demo", "member"), ("root", "rootpw", "demo", "admin")):
            made = self.ask("POST", "/users", {"user": {"name": user, "password": password, "domain_id": "default"}})
            self.ask("PUT", f"/projects/{projects[project]}/users/{made['user']['id']}/roles/{roles[role]}")
        self.projects = projects
        service = self.ask("POST", "/services", {"service": {"type": "accelerator", "name": "cyborg"}})["service"]["id"]
        self.add_endpoint(service, "http://127.0.0.1/accelerator")
        self.ask("POST", "/registered_limits", {"registered_limits": [{
            "service_id": service, "region_id": "one", "resource_name": "FPGA", "default_limit": 5}]})
        self.ask("POST", "/limits", {"limits": [{
            "service_id": service, "region_id": "one", "resource_name": "FPGA", "resource_limit": 2,
            "project_id": projects["demo"]}]})

    def add_endpoint(self, service, url):
        self.ask("POST", "/endpoints", {"endpoint": {
            "service_id": service, "interface": "public", "region_id": "one", "url": url}})

    def add_service(self, kind, url):
        """Adds a service to the catalog. It replaces a service of the same type that another test added."""
        for former in self.ask("GET", f"/services?type={kind}")["services"]:
            self.ask("DELETE", f"/services/{former['id']}")
        made = self.ask("POST", "/services", {"service": {"type": kind, "name": kind}})["service"]["id"]
        self.add_endpoint(made, url)


class Placement(Service):
    """With `noauth2`, or with authentication by the given Keystone."""

    def __init__(self, folder, keystone=None):
        folder.mkdir()
        config = folder / "placement.conf"
        lines = f"""
[DEFAULT]
log_file = {folder}/placement.log
[placement_database]
connection = sqlite:///{folder}/placement.db?timeout=60
sync_on_startup = true
[api]
auth_strategy = {"keystone" if keystone else "noauth2"}
"""
        if keystone:
            lines += f"""
[keystone_authtoken]
auth_type = password
auth_url = {keystone.url}/v3
www_authenticate_uri = {keystone.url}/v3
username = nova
password = novapw
project_name = service
user_domain_id = default
project_domain_id = default
"""
        config.write_text(lines)
        super().__init__("placement", config, free_port())


def main():
    with tempfile.TemporaryDirectory(prefix="kilonova-originals") as name:
        folder = pathlib.Path(name)
        services = []
        try:
            for service in (Keystone(folder / "keystone"), Placement(folder / "placement")):
                services.append(service)
                service.start()
            return subprocess.call(sys.argv[1:], env={
                **os.environ, "KILONOVA_TEST_KEYSTONE": f"{services[0].url}/v3", "KILONOVA_TEST_PLACEMENT": services[1].url})
        finally:
            for service in services:
                with contextlib.suppress(Exception):
                    service.stop()


if __name__ == "__main__":
    sys.exit(main())
