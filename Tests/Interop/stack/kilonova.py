"""Kilonova as one replica and an agent for each host."""
import os

from .files import write
from .processes import Failure, answers, free_port


class Kilonova:
    admin_password = "interop-admin"

    def __init__(self, processes, binary):
        if not os.access(binary, os.X_OK):
            raise Failure(f"there is no program {binary}: build it, or name it in KILONOVA_BINARY")
        self.processes = processes
        self.binary = binary
        self.folder = os.path.join(processes.folder, "kilonova")
        self.port = free_port()
        self.agents_port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.identity_url = f"{self.base}/identity/v3"
        self.placement_url = f"{self.base}/placement"
        self.accelerator_url = f"{self.base}/accelerator/v2"

    def configure(self, services, cloud_url, service_password, strategy, database=None, extra=""):
        secret = write(f"{self.folder}/service-password", service_password + "\n")
        url = database or f"sqlite://{self.folder}/state.sqlite"
        self.keystone = (f'keystone: {{auth_url: "{cloud_url}", username: kilonova, project_name: service, '
                         f'region_name: RegionOne, password_file: {secret}}}\n')
        self.configuration = write(f"{self.folder}/server.yaml", f"""
listen: {{address: "127.0.0.1:{self.port}"}}
database: {{url: "{url}"}}
services: {{enabled: [{", ".join(services)}]}}
auth: {{auth_strategy: {strategy}}}
identity: {{fernet_key_repository: {self.folder}/keys}}
accelerator: {{notify_nova: true}}
agents: {{address: "127.0.0.1:{self.agents_port}", authority_folder: {self.folder}/authority}}
{self.keystone}{extra}""")

    def bootstrap(self):
        password = write(f"{self.folder}/admin-password", self.admin_password + "\n")
        self.processes.run("kilonova-bootstrap", [self.binary, "bootstrap", "--config", self.configuration,
                                                  "--admin-password-file", password, "--url", self.base])

    def start(self):
        self.processes.start("kilonova", [self.binary, "server", "--config", self.configuration],
                             ready=lambda: answers(f"{self.base}/readyz"))

    def enrol_and_start(self, host, extra="", makes_provider=False, drivers="fake", root="/",
                        external=""):
        folder = f"{self.folder}/{host}"
        os.makedirs(folder, mode=0o700, exist_ok=True)
        token = self.processes.run("kilonova-enrolment", [self.binary, "enrolment-token", host, "--config",
                                                          self.configuration])
        write(f"{folder}/token", token)
        write(f"{folder}/agent.yaml", f"""
agent: {{control_plane: "https://127.0.0.1:{self.agents_port}", state_path: {folder}/state, enabled_drivers: [{drivers}], root: {root},
         enrolment_token_file: {folder}/token, periodic_interval: 5s, create_resource_provider: {str(makes_provider).lower()},
         external_drivers: [{external}]}}
{self.keystone}{extra}""")
        self.start_agent(host)

    def start_agent(self, host):
        self.processes.start(f"kilonova-agent-{host}", [
            self.binary, "agent", "--config", f"{self.folder}/{host}/agent.yaml"])

    def stop_agent(self, host):
        self.processes.stop(f"kilonova-agent-{host}")
