"""The field's own clients, unmodified: python-openstackclient with osc-placement and python-cyborgclient, openstacksdk,
keystonemiddleware and oslo.limit."""

import contextlib
import json
import os
import subprocess
import time
import uuid

import openstack
import pytest
import requests
import yaml

from conftest import BINARY

PLACEMENT = ("--os-placement-api-version", "1.39")


def eventually(ask, condition, within=20):
    deadline = time.monotonic() + within
    while True:
        answer = ask()
        if condition(answer):
            return answer
        assert time.monotonic() < deadline, answer
        time.sleep(0.1)


@pytest.fixture(scope="session")
def fake_device(kilonova):
    """The provider of the recorded host's fake device, once the agent has reported it as a whole."""
    connection = openstack.connect(cloud="kilonova")

    def find():
        for provider in connection.placement.resource_providers():
            if provider.name.endswith("_FakeDevice"):
                inventories = list(connection.placement.resource_provider_inventories(provider))
                if any(inventory.total == 16 for inventory in inventories):
                    return provider
        return None

    return eventually(find, lambda found: found is not None)


class TestIdentity:
    def test_token_and_catalog(self, kilonova):
        token = kilonova.json("token", "issue")
        assert len(token["id"]) > 100 and token["project_id"]
        catalog = {entry["Type"]: entry for entry in kilonova.json("catalog", "list")}
        # Other tests of this server add services of their own.
        for service in ("identity", "placement", "accelerator"):
            assert any(endpoint["url"].startswith(kilonova.url) for endpoint in catalog[service]["Endpoints"])

    def test_life_of_a_project_and_its_member(self, kilonova):
        name = f"p-{uuid.uuid4().hex[:8]}"
        project = kilonova.json("project", "create", name, "--description", "made by a test")
        user = kilonova.json("user", "create", name, "--password", "correct horse", "--project", project["id"])
        kilonova.openstack("role", "add", "--user", user["id"], "--project", project["id"], "member")
        assigned = kilonova.json("role", "assignment", "list", "--user", user["id"], "--names")
        assert [row["Role"] for row in assigned] == ["member"]
        clouds = yaml.safe_load(kilonova.clouds.read_text())["clouds"]["kilonova"]
        own = openstack.connect(
            auth_url=clouds["auth"]["auth_url"], username=name, password="correct horse", project_name=name,
            user_domain_name="Default", project_domain_name="Default", region_name="RegionOne")
        assert own.current_project_id == project["id"]
        with pytest.raises(openstack.exceptions.ForbiddenException):
            list(own.identity.users())
        kilonova.openstack("user", "set", "--disable", user["id"])
        with pytest.raises(Exception, match="401"):
            own.identity.get("/users", headers={"X-Auth-Token": own.auth_token}).raise_for_status()
        kilonova.openstack("user", "delete", user["id"])
        kilonova.openstack("project", "delete", project["id"])
        assert kilonova.openstack("project", "show", project["id"], check=False).returncode != 0

    def test_application_credential(self, kilonova):
        made = kilonova.json("application", "credential", "create", f"c-{uuid.uuid4().hex[:8]}")
        clouds = yaml.safe_load(kilonova.clouds.read_text())["clouds"]["kilonova"]
        own = openstack.connect(
            auth_type="v3applicationcredential", auth_url=clouds["auth"]["auth_url"],
            application_credential_id=made["ID"] if "ID" in made else made["id"],
            application_credential_secret=made["Secret"] if "Secret" in made else made["secret"],
            region_name="RegionOne")
        assert own.current_project_id
        kilonova.openstack("application", "credential", "delete", made.get("ID") or made["id"])
        with pytest.raises(Exception):
            own.authorize()
            openstack.connect(
                auth_type="v3applicationcredential", auth_url=clouds["auth"]["auth_url"],
                application_credential_id=made.get("ID") or made["id"],
                application_credential_secret=made.get("Secret") or made["secret"]).authorize()

    def test_keystonemiddleware_validates_tokens(self, kilonova):
        """What stands before every original service admits the tokens made here, and the service user."""
        from keystonemiddleware import auth_token
        from webob import Request, Response
        from webob.dec import wsgify

        cloud = yaml.safe_load(kilonova.clouds.read_text())["clouds"]["kilonova-service"]["auth"]

        @wsgify
        def application(request):
            return Response(json={name: request.headers.get(name) for name in (
                "X-Identity-Status", "X-User-Name", "X-Project-Name", "X-Roles")})

        stack = auth_token.AuthProtocol(application, {
            "auth_type": "password", "auth_url": cloud["auth_url"], "username": cloud["username"],
            "password": cloud["password"], "user_domain_name": "Default", "project_name": cloud["project_name"],
            "project_domain_name": "Default", "www_authenticate_uri": cloud["auth_url"],
            "service_token_roles_required": True})
        token = openstack.connect(cloud="kilonova-demo").auth_token
        good = Request.blank("/", headers={"X-Auth-Token": token}).get_response(stack)
        assert good.status_code == 200
        assert good.json["X-Identity-Status"] == "Confirmed"
        assert good.json["X-User-Name"] == "demo" and good.json["X-Project-Name"] == "demo"
        assert "member" in good.json["X-Roles"].split(",")
        bad = Request.blank("/", headers={"X-Auth-Token": token[:-4] + "AAAA"}).get_response(stack)
        assert bad.status_code == 401

    def test_oslo_limit_reads_limits(self, kilonova):
        from keystoneauth1 import loading
        from oslo_config import cfg
        from oslo_limit import limit, opts

        service = next(row for row in kilonova.json("service", "list") if row["Type"] == "accelerator")
        registered = kilonova.json(
            "registered", "limit", "create", "--service", service["ID"], "--region", "RegionOne",
            "--default-limit", "2", "accelerator_test")
        try:
            cloud = yaml.safe_load(kilonova.clouds.read_text())["clouds"]["kilonova-service"]["auth"]
            endpoint = next(
                row for row in kilonova.json("endpoint", "list")
                if row["Service Type"] == "accelerator" and row["Interface"] == "public")
            conf = cfg.ConfigOpts()
            for register in (
                loading.register_auth_conf_options, loading.register_session_conf_options,
                loading.register_adapter_conf_options,
            ):
                register(conf, "oslo_limit")
            conf.register_opts(loading.get_auth_plugin_conf_options("password"), group="oslo_limit")
            for _, options in opts.list_opts():
                for option in options:
                    with contextlib.suppress(cfg.DuplicateOptError):
                        conf.register_opt(option, group="oslo_limit")
            for key, value in {
                "auth_type": "password", "endpoint_id": endpoint["ID"], "auth_url": cloud["auth_url"],
                "username": cloud["username"], "password": cloud["password"], "user_domain_name": "Default",
                "system_scope": "all",
            }.items():
                conf.set_override(key, value, group="oslo_limit")
            conf([])
            limit.CONF = conf
            limit._SDK_CONNECTION = None
            project = kilonova.json("project", "show", "demo")["id"]
            enforcer = limit.Enforcer(lambda project_id, names: {name: 1 for name in names})
            enforcer.enforce(project, {"accelerator_test": 1})
            with pytest.raises(Exception, match="over limit|exceed"):
                enforcer.enforce(project, {"accelerator_test": 2})
        finally:
            kilonova.openstack("registered", "limit", "delete", registered["id"])

    def test_limits_are_registered_by_the_program(self, kilonova):
        """`kilonova limits register` speaks Identity's API, as the user that the clients' variables name."""
        cloud = yaml.safe_load(kilonova.clouds.read_text())["clouds"]["kilonova"]["auth"]

        def register(*arguments, **variables):
            environment = {
                key: value for key, value in os.environ.items() if not key.startswith("OS_")} | {
                "OS_AUTH_URL": cloud["auth_url"], "OS_USERNAME": cloud["username"], "OS_PASSWORD": cloud["password"],
                "OS_PROJECT_NAME": cloud["project_name"]} | variables
            return subprocess.run(
                [BINARY, "limits", "register", *arguments], capture_output=True, text=True, timeout=60, env=environment)

        first = register("--limit", "class:CUSTOM_CONTRACT=3")
        assert first.returncode == 0, first.stderr
        assert "accelerator_requests: 100" in first.stdout and "class:CUSTOM_CONTRACT: 3" in first.stdout
        listed = {row["Resource Name"]: row["Default Limit"] for row in kilonova.json("registered", "limit", "list")}
        assert listed["accelerator_requests"] == 100 and listed["class:FPGA"] == 10
        assert listed["class:CUSTOM_CONTRACT"] == 3
        again = register("--limit", "class:CUSTOM_CONTRACT=4")
        assert "class:CUSTOM_CONTRACT: 3 kept, not 4; --replace changes it" in again.stdout
        assert "class:FPGA: 10, as before" in again.stdout
        assert "accelerator service was not asked" not in again.stdout
        assert "class:CUSTOM_CONTRACT: 4, was 3" in register("--limit", "class:CUSTOM_CONTRACT=4", "--replace").stdout
        assert "is no limit" in register("--limit", "cores=4").stderr
        assert register(OS_PASSWORD="wrong").returncode == 1
        for row in kilonova.json("registered", "limit", "list"):
            kilonova.openstack("registered", "limit", "delete", row["ID"])


class TestPlacement:
    def test_life_of_a_provider(self, kilonova):
        name = f"rp-{uuid.uuid4().hex[:8]}"
        provider = kilonova.json(*PLACEMENT, "resource", "provider", "create", name)["uuid"]
        kilonova.openstack(
            *PLACEMENT, "resource", "provider", "inventory", "set", provider, "--resource", "VCPU=8",
            "--resource", "VCPU:allocation_ratio=4.0", "--resource", "MEMORY_MB=1024")
        inventories = {row["resource_class"]: row for row in kilonova.json(
            *PLACEMENT, "resource", "provider", "inventory", "list", provider)}
        assert inventories["VCPU"]["total"] == 8 and inventories["VCPU"]["allocation_ratio"] == 4.0
        kilonova.openstack(*PLACEMENT, "trait", "create", "CUSTOM_TEST_TRAIT")
        kilonova.openstack(
            *PLACEMENT, "resource", "provider", "trait", "set", provider, "--trait", "CUSTOM_TEST_TRAIT",
            "--trait", "HW_CPU_X86_AVX2")
        traits = kilonova.json(*PLACEMENT, "resource", "provider", "trait", "list", provider)
        assert {row["name"] for row in traits} == {"CUSTOM_TEST_TRAIT", "HW_CPU_X86_AVX2"}
        aggregate = str(uuid.uuid4())
        generation = kilonova.json(*PLACEMENT, "resource", "provider", "show", provider)["generation"]
        kilonova.openstack(
            *PLACEMENT, "resource", "provider", "aggregate", "set", provider, "--generation", generation,
            "--aggregate", aggregate)
        rows = kilonova.json(
            *PLACEMENT, "resource", "provider", "list", "--member-of", aggregate, "--required", "CUSTOM_TEST_TRAIT")
        assert [row["uuid"] for row in rows] == [provider]
        candidates = kilonova.json(
            *PLACEMENT, "allocation", "candidate", "list", "--resource", "VCPU=2", "--required", "HW_CPU_X86_AVX2")
        assert any(row["resource provider"] == provider for row in candidates)
        consumer = str(uuid.uuid4())
        kilonova.openstack(
            *PLACEMENT, "resource", "provider", "allocation", "set", consumer, "--allocation", f"rp={provider},VCPU=2",
            "--project-id", "p", "--user-id", "u", "--consumer-type", "INSTANCE")
        usage = {row["resource_class"]: row["usage"] for row in kilonova.json(
            *PLACEMENT, "resource", "provider", "usage", "show", provider)}
        assert usage["VCPU"] == 2
        refused = kilonova.openstack(*PLACEMENT, "resource", "provider", "delete", provider, check=False)
        assert refused.returncode != 0 and "allocat" in refused.stderr.lower()
        kilonova.openstack(*PLACEMENT, "resource", "provider", "allocation", "delete", consumer)
        kilonova.openstack(*PLACEMENT, "resource", "provider", "delete", provider)

    def test_classes_and_traits_are_the_published_ones(self, kilonova):
        classes = {row["name"] for row in kilonova.json(*PLACEMENT, "resource", "class", "list")}
        assert {"VCPU", "MEMORY_MB", "DISK_GB", "PCI_DEVICE", "VGPU", "FPGA", "PGPU"} <= classes
        assert len([name for name in classes if not name.startswith("CUSTOM_")]) >= 21
        traits = [row["name"] for row in kilonova.json(*PLACEMENT, "trait", "list")]
        assert len([name for name in traits if not name.startswith("CUSTOM_")]) >= 377

    def test_openstacksdk(self, kilonova):
        connection = openstack.connect(cloud="kilonova")
        provider = connection.placement.create_resource_provider(name=f"rp-{uuid.uuid4().hex[:8]}")
        connection.placement.create_resource_provider_inventory(provider, "VCPU", total=4)
        found = connection.placement.find_resource_provider(provider.name)
        assert found.id == provider.id
        connection.placement.delete_resource_provider_inventory("VCPU", provider)
        connection.placement.delete_resource_provider(provider)
        assert connection.placement.find_resource_provider(provider.name) is None


class TestAccelerators:
    def test_what_an_operator_sees(self, kilonova, fake_device):
        devices = kilonova.json("accelerator", "device", "list")
        assert devices
        device = kilonova.json("accelerator", "device", "show", devices[0]["uuid"])
        assert device["uuid"] == devices[0]["uuid"]
        deployables = kilonova.json("accelerator", "deployable", "list")
        assert any(row["name"] == fake_device.name for row in deployables)
        kilonova.openstack("accelerator", "device", "disable", devices[0]["uuid"])
        kilonova.openstack("accelerator", "device", "enable", devices[0]["uuid"])

    def test_profile_request_bind_release(self, kilonova, fake_device):
        name = f"profile-{uuid.uuid4().hex[:8]}"
        groups = json.dumps([{"resources:FPGA": "1", "trait:CUSTOM_FAKE_DEVICE": "required"}])
        kilonova.openstack("accelerator", "device", "profile", "create", name, groups)
        assert name in [row["name"] for row in kilonova.json("accelerator", "device", "profile", "list")]
        consumer = str(uuid.uuid4())
        kilonova.openstack(
            *PLACEMENT, "resource", "provider", "allocation", "set", consumer,
            "--allocation", f"rp={fake_device.id},FPGA=1", "--project-id", "p", "--user-id", "u",
            "--consumer-type", "INSTANCE")
        request = openstack.connect(cloud="kilonova").accelerator.create_accelerator_request(
            device_profile_name=name)
        user = openstack.connect(cloud="kilonova").auth_token
        service = openstack.connect(cloud="kilonova-service").auth_token
        headers = {"X-Auth-Token": user, "X-Service-Token": service, "OpenStack-API-Version": "accelerator 2.1"}
        host = fake_device.name.removesuffix("_FakeDevice")
        base = f"{kilonova.url}/accelerator/v2/accelerator_requests"
        bound = requests.patch(base, headers=headers, timeout=10, json={request.uuid: [
            {"op": "add", "path": "/hostname", "value": host},
            {"op": "add", "path": "/device_rp_uuid", "value": fake_device.id},
            {"op": "add", "path": "/instance_uuid", "value": consumer}]})
        assert bound.status_code == 202, bound.text
        shown = eventually(
            lambda: kilonova.json("accelerator", "arq", "show", request.uuid), lambda arq: arq["state"] == "Bound")
        assert shown["attach_handle_type"]
        assert requests.delete(f"{base}?instance={consumer}", headers=headers, timeout=10).status_code == 204
        kilonova.openstack(*PLACEMENT, "resource", "provider", "allocation", "delete", consumer)
        kilonova.openstack("accelerator", "device", "profile", "delete", name)

    def test_errors_name_the_field(self, kilonova):
        connection = openstack.connect(cloud="kilonova")
        answer = connection.accelerator.post(
            "/device_profiles", json=[{"name": "x", "groups": [{"resources:NONSENSE": "1"}]}])
        assert answer.status_code == 400
        assert "NONSENSE" in answer.text
        missing = connection.accelerator.get(f"/accelerator_requests/{uuid.uuid4()}")
        assert missing.status_code == 404
