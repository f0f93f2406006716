"""RabbitMQ as a node of its own, with a port mapper of its own."""
import os
import shutil

from .files import write
from .processes import Failure, free_port, listens


class Broker:
    PROGRAMS = "/usr/lib/rabbitmq/bin"

    def __init__(self, processes):
        self.processes = processes
        self.folder = os.path.join(processes.folder, "rabbitmq")
        self.port = free_port()

    @property
    def url(self):
        return f"rabbit://guest:guest@127.0.0.1:{self.port}/"

    def start(self):
        if not os.path.exists(f"{self.PROGRAMS}/rabbitmq-server") or shutil.which("epmd") is None:
            raise Failure("RabbitMQ is missing: install the Debian package rabbitmq-server")
        os.makedirs(self.folder, exist_ok=True)
        mapper = free_port()
        self.processes.start("port-mapper", ["epmd", "-address", "127.0.0.1", "-port", mapper],
                             ready=lambda: listens(mapper))
        configuration = write(f"{self.folder}/rabbitmq.conf",
                              f"listeners.tcp.default = 127.0.0.1:{self.port}\nlog.file = false\nlog.console = true\n")
        environment = {
            "HOME": self.folder, "ERL_EPMD_PORT": mapper, "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"interop{os.getpid()}@localhost", "RABBITMQ_DIST_PORT": free_port(),
            "RABBITMQ_CONFIG_FILE": configuration, "RABBITMQ_MNESIA_BASE": f"{self.folder}/data",
            "RABBITMQ_LOG_BASE": f"{self.folder}/logs", "RABBITMQ_PID_FILE": f"{self.folder}/pid",
            "RABBITMQ_ENABLED_PLUGINS_FILE": write(f"{self.folder}/plugins", "[].\n"),
            "RABBITMQ_CONF_ENV_FILE": write(f"{self.folder}/env", ""),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        }
        self.processes.start("broker", [f"{self.PROGRAMS}/rabbitmq-server"], env=environment,
                             ready=lambda: listens(self.port), within=180)
