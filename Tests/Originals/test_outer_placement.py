"""The accelerator service and an agent beside a real Placement and a real Keystone: the main job, and a host that is down."""

import uuid

import pytest
from conftest import SILENCE, Client, Program, eventually, free_port, run, secret
from originals import Placement

DEVICE = "compute-17_FakeDevice"
VERSION = {"OpenStack-API-Version": "placement 1.39"}


@pytest.fixture(scope="module")
def world(keystone, tmp_path_factory):
    folder = tmp_path_factory.mktemp("kilonova")
    outer = Placement(folder / "placement", keystone).start()
    keystone.add_service("placement", outer.url)
    agents = free_port()
    password = secret(folder / "password", "svcpw")
    account = f'keystone: {{auth_url: "{keystone.url}/v3", region_name: one, password_file: {password}}}'
    (folder / "server.yaml").write_text(f"""
listen: {{address: "127.0.0.1:{free_port()}"}}
database: {{url: "sqlite://{folder}/state.sqlite"}}
services: {{enabled: [accelerator]}}
auth: {{auth_strategy: keystone}}
accelerator: {{host_silence: {SILENCE}s}}
agents: {{address: "127.0.0.1:{agents}", authority_folder: {folder}/authority, heartbeat_interval: 1s}}
{account}
""")
    (folder / "agent.yaml").write_text(f"""
agent: {{control_plane: "https://127.0.0.1:{agents}", state_path: {folder}/agent, enabled_drivers: [fake],
         enrolment_token_file: {folder}/token, create_resource_provider: true}}
{account}
""")
    server = Program(folder, "server", "--config", folder / "server.yaml")
    secret(folder / "token", run("enrolment-token", "compute-17", "--config", folder / "server.yaml"))
    agent = Program(folder, "agent", "--config", folder / "agent.yaml")
    assert agent.line == "agent of compute-17"
    placement = Client(outer.url, keystone.token("nova", "novapw", "service"), **VERSION)
    accelerator = Client(
        server.line.removeprefix("ready ") + "/accelerator/v2", keystone.token("root", "rootpw", "demo"),
        **{"OpenStack-API-Version": "accelerator 2.1"})
    yield placement, accelerator, agent
    agent.stop()
    server.stop()
    outer.stop()


def device(placement):
    rows = placement("GET", f"/resource_providers?name={DEVICE}").json()["resource_providers"]
    return rows[0]["uuid"] if rows else None


def stock(placement, provider):
    return placement("GET", f"/resource_providers/{provider}/inventories").json()["inventories"].get("FPGA", {})


def test_a_device_is_offered_bound_and_given_back(keystone, world):
    placement, accelerator, _ = world
    provider = eventually(lambda: device(placement))
    eventually(lambda: stock(placement, provider).get("total") == 16)
    profile = f"profile-{uuid.uuid4().hex[:8]}"
    made = accelerator("POST", "/device_profiles", [{"name": profile, "groups": [
        {"resources:FPGA": "1", "trait:CUSTOM_FAKE_DEVICE": "required"}]}])
    assert made.status_code == 201, made.text
    found = placement(
        "GET", "/allocation_candidates?resources=FPGA:1&required=CUSTOM_FAKE_DEVICE").json()["allocation_requests"]
    assert [list(candidate["allocations"]) for candidate in found] == [[provider]]
    consumer = str(uuid.uuid4())
    claimed = placement("PUT", f"/allocations/{consumer}", {
        "allocations": found[0]["allocations"], "project_id": keystone.projects["demo"], "user_id": "u",
        "consumer_generation": None, "consumer_type": "INSTANCE"})
    assert claimed.status_code == 204, claimed.text
    arq = accelerator("POST", "/accelerator_requests", {"device_profile_name": profile}).json()["arqs"][0]["uuid"]
    service = {"X-Service-Token": keystone.token("nova", "novapw", "service")}
    bound = accelerator("PATCH", "/accelerator_requests", {arq: [
        {"op": "add", "path": "/hostname", "value": "compute-17"},
        {"op": "add", "path": "/device_rp_uuid", "value": provider},
        {"op": "add", "path": "/instance_uuid", "value": consumer}]}, **service)
    assert bound.status_code == 202, bound.text
    eventually(lambda: accelerator("GET", f"/accelerator_requests/{arq}").json()["state"] == "Bound")
    assert accelerator("DELETE", f"/accelerator_requests?instance={consumer}", **service).status_code == 204
    assert placement("DELETE", f"/allocations/{consumer}").status_code == 204
    eventually(lambda: stock(placement, provider).get("reserved") == 0)


def test_a_host_that_is_down_offers_nothing(world):
    placement, _, agent = world
    provider = eventually(lambda: device(placement))
    eventually(lambda: stock(placement, provider).get("reserved") == 0)
    agent.kill()
    eventually(lambda: stock(placement, provider)["reserved"] == 16, within=180)
    none = placement("GET", "/allocation_candidates?resources=FPGA:1").json()
    assert none["allocation_requests"] == []
    agent.start()
    eventually(lambda: stock(placement, provider)["reserved"] == 0, within=180)
