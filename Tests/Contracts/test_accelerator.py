"""Every command of python-cyborgclient and every call of openstacksdk for accelerators, unmodified.

python-openstackclient has the same commands of its own, which go before python-cyborgclient's where both are installed.
"""

import http.server
import importlib.metadata
import inspect
import json
import threading
import uuid

import openstack
import pytest
import requests
from openstack import exceptions
from openstack.accelerator.v2 import _proxy

from test_clients import fake_device  # noqa: F401

FPGA = json.dumps([{"resources:FPGA": "1", "trait:CUSTOM_FAKE_DEVICE": "required"}])
COMMANDS = {entry.name for entry in importlib.metadata.entry_points(group="openstack.accelerator.v2")}
CALLS = {name for name, _ in inspect.getmembers(_proxy.Proxy, inspect.isfunction) if name in vars(_proxy.Proxy)}


class Commands:
    """Runs `openstack accelerator ...` and remembers which commands those were."""

    def __init__(self, kilonova):
        self.kilonova = kilonova
        self.tried = set()

    def _note(self, words):
        names = ["_".join(["accelerator", *words[:count]]) for count in range(1, len(words) + 1)]
        self.tried.add(max((name for name in names if name in COMMANDS), key=len))

    def __call__(self, *words):
        """A command that prints nothing to read."""
        self._note(words)
        self.kilonova.openstack("accelerator", *words)

    def json(self, *words):
        self._note(words)
        return self.kilonova.json("--os-accelerator-api-version", "2.3", "accelerator", *words)

    def refused(self, *words):
        """What a command that must fail complains of."""
        self._note(words)
        result = self.kilonova.openstack("accelerator", *words, check=False)
        assert result.returncode != 0, result.stdout
        return result.stderr


class Proxy:
    """The SDK's calls, of which it remembers the names."""

    def __init__(self, proxy):
        self._proxy = proxy
        self.tried = set()

    def __getattr__(self, name):
        if name in CALLS:
            self.tried.add(name)
        return getattr(self._proxy, name)


class Neighbours(http.server.BaseHTTPRequestHandler):
    """As much of an image and a compute service as the clients ask before they have a deployable programmed or a request
    bound: whatever they look for is there."""

    def do_GET(self):
        folder, _, name = self.path.partition("?")[0].rstrip("/").rpartition("/")
        found = {"id": name, "name": name, "status": "active"}
        if folder.endswith("/servers"):
            found = {"server": found}
        elif name == "v2.1":
            links = [{"rel": "self", "href": f"http://{self.headers['Host']}/v2.1/"}]
            found = {"version": {"id": name, "status": "CURRENT", "version": "2.1", "min_version": "2.1", "links": links}}
        body = json.dumps(found).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def neighbours(kilonova):
    """An image and a compute service that the catalog names."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Neighbours)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    identity = openstack.connect(cloud="kilonova").identity
    services = []
    for kind, path in (("image", "v2"), ("compute", "v2.1")):
        services.append(identity.create_service(type=kind, name=kind))
        identity.create_endpoint(
            service_id=services[-1].id, interface="public", region_id="RegionOne",
            url=f"http://127.0.0.1:{server.server_port}/{path}")
    yield
    for service in services:
        identity.delete_service(service)
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def commands(kilonova, fake_device):  # noqa: F811
    return Commands(kilonova)


@pytest.fixture(scope="module")
def accelerators(fake_device):  # noqa: F811
    """The SDK's proxy, once the fake device is on record."""
    proxy = Proxy(openstack.connect(cloud="kilonova", accelerator_default_microversion="2.3").accelerator)
    assert any(one.name == fake_device.name for one in proxy.deployables())
    return proxy


@pytest.fixture
def profile(commands):
    name = f"profile-{uuid.uuid4().hex[:8]}"
    made = commands.json("device", "profile", "create", name, FPGA, "--description", "one card")
    assert made["name"] == name and made["description"] == "one card"
    yield name
    commands("device", "profile", "delete", name)


class TestCommands:
    def test_devices(self, commands, accelerators):
        row = commands.json("device", "list", "--long")[0]
        assert {"uuid", "type", "vendor", "model", "hostname", "std_board_info"} <= set(row)
        shown = commands.json("device", "show", row["uuid"])
        assert shown["hostname"] == row["hostname"]
        for verb, status in (("disable", "maintaining"), ("enable", "enabled")):
            commands("device", verb, row["uuid"])
            assert commands.json("device", "show", row["uuid"])["status"] == status
        missing = str(uuid.uuid4())
        assert missing in commands.refused("device", "show", missing)

    def test_deployables(self, commands, fake_device, neighbours):  # noqa: F811
        row = next(row for row in commands.json("deployable", "list", "--long") if row["name"] == fake_device.name)
        assert row["num_accelerators"] == 16
        assert commands.json("deployable", "show", row["uuid"])["name"] == fake_device.name
        # No driver can, and it says so.
        assert "cannot program" in commands.refused("deployable", "program", row["uuid"], str(uuid.uuid4()))

    def test_attributes(self, commands):
        rows = commands.json("device", "attribute", "list", "--long")
        assert any(row["key"] == "rc" and row["value"] == "FPGA" for row in rows)
        # The SDK wraps the body in `attribute`, which the original refuses.
        made = commands.json("device", "attribute", "create", str(rows[0]["deployable_id"]), "colour", "blue")
        shown = commands.json("device", "attribute", "show", made["uuid"])
        assert (shown["key"], shown["value"]) == ("colour", "blue")
        commands("device", "attribute", "delete", made["uuid"])
        assert made["uuid"] not in [row["uuid"] for row in commands.json("device", "attribute", "list")]

    def test_profiles(self, commands, profile):
        row = next(row for row in commands.json("device", "profile", "list", "--long") if row["name"] == profile)
        for key in (profile, row["uuid"]):
            shown = commands.json("device", "profile", "show", key)
            assert shown["uuid"] == row["uuid"] and "CUSTOM_FAKE_DEVICE" in str(shown["groups"])
        assert "409" in commands.refused("device", "profile", "create", profile, FPGA)

    def test_requests(self, commands, profile, fake_device, neighbours):  # noqa: F811
        made = commands.json("arq", "create", profile)
        assert made["state"] == "Initial" and made["device_profile_name"] == profile
        assert commands.json("arq", "show", made["uuid"])["uuid"] == made["uuid"]
        assert made["uuid"] in [row["uuid"] for row in commands.json("arq", "list", "--long")]
        # The command sends no service token; the original refuses it in the same words.
        bind = ("arq", "bind", made["uuid"], "host", str(uuid.uuid4()), fake_device.id)
        for words in (bind, ("arq", "unbind", made["uuid"])):
            assert "requires a service token" in commands.refused(*words)
        commands("arq", "delete", made["uuid"])
        assert made["uuid"] in commands.refused("arq", "show", made["uuid"])


class TestSDK:
    def test_devices_and_deployables(self, accelerators, fake_device):  # noqa: F811
        device = next(iter(accelerators.devices()))
        assert accelerators.get_device(device.id).vendor == device.vendor
        assert [one.id for one in accelerators.devices(vendor=device.vendor)].count(device.id) == 1
        accelerators.disable_device(device)
        assert accelerators.get_device(device.id).status == "maintaining"
        accelerators.enable_device(device.id)
        assert accelerators.get_device(device.id).status == "enabled"
        deployable = next(one for one in accelerators.deployables() if one.name == fake_device.name)
        assert accelerators.get_deployable(deployable.id).num_accelerators == 16
        # The SDK puts the id at the end of the path once more.
        program = [{"path": "/program", "op": "replace", "value": [{"image_uuid": str(uuid.uuid4())}]}]
        with pytest.raises(exceptions.ConflictException, match="cannot program"):
            accelerators.patch_deployable(deployable.id, program)
        # Deprecated; in release 4.22 it calls itself for ever.
        with pytest.raises((exceptions.ConflictException, RecursionError)):
            accelerators.update_deployable(deployable.id, program)

    def test_attributes(self, accelerators):
        deployable = next(iter(accelerators.attributes())).deployable_id
        made = accelerators.create_attribute(deployable_id=deployable, key="a", value="b")
        assert accelerators.get_attribute(made.id).value == "b"
        accelerators.delete_attribute(made)
        with pytest.raises(exceptions.NotFoundException):
            accelerators.delete_attribute(made.id, ignore_missing=False)

    def test_profiles(self, accelerators):
        name = f"profile-{uuid.uuid4().hex[:8]}"
        made = accelerators.create_device_profile(name=name, groups=json.loads(FPGA))
        assert name in [one.name for one in accelerators.device_profiles()]
        assert accelerators.get_device_profile(made.uuid).name == name
        accelerators.delete_device_profile(made.uuid)
        accelerators.delete_device_profile(name)
        with pytest.raises(exceptions.NotFoundException):
            accelerators.delete_device_profile(name, ignore_missing=False)

    def test_life_of_a_request(self, kilonova, accelerators, profile, fake_device):  # noqa: F811
        request = accelerators.create_accelerator_request(device_profile_name=profile)
        assert accelerators.get_accelerator_request(request.id).state == "Initial"
        assert request.id in [one.id for one in accelerators.accelerator_requests()]
        host = fake_device.name.removesuffix("_FakeDevice")
        instance = str(uuid.uuid4())
        bind = [
            {"op": "add", "path": "/hostname", "value": host},
            {"op": "add", "path": "/device_rp_uuid", "value": fake_device.id},
            {"op": "add", "path": "/instance_uuid", "value": instance}]
        for call in (accelerators.patch_accelerator_request, accelerators.update_accelerator_request):
            with pytest.raises(exceptions.ForbiddenException, match="requires a service token"):
                call(request.id, bind)
        # As the compute service does it: with the user's token and its own.
        headers = {
            "X-Auth-Token": openstack.connect(cloud="kilonova").auth_token,
            "X-Service-Token": openstack.connect(cloud="kilonova-service").auth_token}
        base = f"{kilonova.url}/accelerator/v2/accelerator_requests"
        patched = requests.patch(f"{base}/{request.id}", headers=headers, timeout=10, json={request.id: bind})
        assert patched.status_code == 202, patched.text
        bound = accelerators.wait_for_status(
            accelerators.get_accelerator_request(request.id), "Bound", interval=0.2, wait=20, attribute="state")
        assert bound.attach_handle_type == "TEST_PCI" and bound.instance_uuid == instance
        assert requests.delete(f"{base}?instance={instance}", headers=headers, timeout=10).status_code == 204
        accelerators.wait_for_delete(bound, interval=0.2, wait=20)
        with pytest.raises(exceptions.NotFoundException):
            accelerators.get_accelerator_request(request.id)

    def test_deleting_requests(self, accelerators, profile):
        made = accelerators.create_accelerator_request(device_profile_name=profile)
        accelerators.delete_accelerator_request(made.id)
        accelerators.delete_accelerator_request(made.id)
        with pytest.raises(exceptions.NotFoundException):
            accelerators.delete_accelerator_request(made.id, ignore_missing=False)


class TestCompleteness:
    """Last, when everything was tried."""

    def test_every_command_was_tried(self, commands):
        assert commands.tried == COMMANDS

    def test_every_call_was_tried(self, accelerators):
        assert accelerators.tried == CALLS
