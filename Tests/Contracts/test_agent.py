"""`kilonova server` and `kilonova agent` as two processes: bootstrap, enrolment, mutual TLS, reports, revocation."""

import os
import queue
import random
import socket
import subprocess
import threading
import time

import openstack
import pytest

from conftest import BINARY


def free_port():
    """Below the ports of outgoing connections, of which one could take it before the listener does."""
    for port in random.sample(range(20_000, 32_000), 100):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise AssertionError("no port is free")


def run(*arguments):
    result = subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    return result.stdout


def start(folder, *arguments):
    """Starts a process; answers it and its first line."""
    with open(folder / f"{arguments[0]}.log", "ab") as log:
        process = subprocess.Popen([BINARY, *map(str, arguments)], stdout=subprocess.PIPE, stderr=log, text=True)
    lines = queue.Queue()
    threading.Thread(target=lambda: lines.put(process.stdout.readline()), daemon=True).start()
    try:
        return process, lines.get(timeout=60).strip()
    except queue.Empty:
        process.kill()
        raise AssertionError((folder / f"{arguments[0]}.log").read_text()) from None


def eventually(ask, within=30):
    deadline = time.monotonic() + within
    while not (answer := ask()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return answer


@pytest.mark.parametrize("way", ["relayed", "account"])
def test_an_agent_of_its_own(tmp_path, way):
    """`relayed`: the host has no account at all, and the first address of its control plane is dead."""
    public, agents, dead = free_port(), free_port(), free_port()
    (tmp_path / "password").write_text("correct horse\n")
    (tmp_path / "password").chmod(0o600)
    (tmp_path / "server.yaml").write_text(f"""
listen: {{address: "127.0.0.1:{public}"}}
database: {{url: "sqlite://{tmp_path}/state.sqlite"}}
identity: {{fernet_key_repository: {tmp_path}/keys}}
agents: {{address: "127.0.0.1:{agents}", authority_folder: {tmp_path}/authority, heartbeat_interval: 1s}}
""")
    (tmp_path / "agent.yaml").write_text(f"""
agent: {{control_plane: ["https://127.0.0.1:{dead}", "https://127.0.0.1:{agents}"], state_path: {tmp_path}/agent,
         enabled_drivers: [fake], enrolment_token_file: {tmp_path}/token, create_resource_provider: true}}
""" + ("" if way == "relayed" else f"""
keystone: {{auth_url: "http://127.0.0.1:{public}/identity/v3", username: admin, project_name: admin,
            password_file: {tmp_path}/password}}
"""))
    configuration = ("--config", tmp_path / "server.yaml")
    run("bootstrap", *configuration, "--admin-password-file", tmp_path / "password",
        "--url", f"http://127.0.0.1:{public}")
    server, line = start(tmp_path, "server", *configuration)
    agent = None
    try:
        assert line == f"ready http://127.0.0.1:{public}"
        token = run("enrolment-token", "compute-17", *configuration)
        descriptor = os.open(tmp_path / "token", os.O_WRONLY | os.O_CREAT, 0o600)
        os.write(descriptor, token.encode())
        os.close(descriptor)
        agent, line = start(tmp_path, "agent", "--config", tmp_path / "agent.yaml")
        assert line == "agent of compute-17"
        cloud = openstack.connect(
            auth_url=f"http://127.0.0.1:{public}/identity/v3", username="admin", password="correct horse",
            project_name="admin", user_domain_name="Default", project_domain_name="Default", region_name="RegionOne")
        provider = eventually(lambda: cloud.placement.find_resource_provider("compute-17_FakeDevice"))
        eventually(lambda: [one for one in cloud.placement.resource_provider_inventories(provider) if one.total == 16])
        assert [device.hostname for device in eventually(lambda: list(cloud.accelerator.devices()))] == ["compute-17"]

        # What stands in the way is told once.
        told = (tmp_path / "agent.log").read_text()
        assert told.count("connected to the control plane") == 1, told

        # The host comes back with the certificate it holds; once that is revoked, it does not.
        agent.terminate()
        assert agent.wait(timeout=30) == 0
        agent, line = start(tmp_path, "agent", "--config", tmp_path / "agent.yaml")
        assert line == "agent of compute-17"
        told = lambda: (tmp_path / "agent.log").read_text()
        eventually(lambda: told().count("connected to the control plane") == 2)
        assert run("revoke-certificates", "compute-17", *configuration) == "1 certificates of compute-17 revoked\n"
        eventually(lambda: "the control plane refuses this host" in told())
    finally:
        for process in (agent, server):
            if process is not None:
                process.terminate()
                process.wait(timeout=30)
    assert server.returncode == 0
