"""Placement's policy files as operators have them: the output of oslo.policy's generator for the original's rules."""

import json
import re
import subprocess

import pytest
import yaml
from conftest import Client, Program, free_port
from originals import BIN

OWN = {"X-Roles": "reader", "X-Project-Id": "p"}


def generated():
    done = subprocess.run(
        [BIN / "oslopolicy-sample-generator", "--namespace", "placement"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def uncommented(sample):
    """Uncomments each rule of the sample. The generator's notes on deprecated names stay comments."""
    return re.sub(r'^#(?=")', "", sample, flags=re.MULTILINE)


@pytest.fixture
def serve(tmp_path):
    running = []

    def serve(text, ending="yaml", **options):
        policy = tmp_path / f"policy.{ending}"
        policy.write_text(text)
        lines = "".join(f", {key}: {value}" for key, value in options.items())
        (tmp_path / "server.yaml").write_text(f"""
listen: {{address: "127.0.0.1:{free_port()}"}}
database: {{url: "sqlite://{tmp_path}/state.sqlite"}}
services: {{enabled: [placement]}}
auth: {{auth_strategy: noauth2}}
policy: {{placement_file: {policy}{lines}}}
""")
        running.append(Program(tmp_path, "server", "--config", tmp_path / "server.yaml"))
        return Client(running[-1].line.removeprefix("ready ") + "/placement", "somebody",
                      **{"OpenStack-API-Version": "placement 1.39"})

    yield serve
    for program in running:
        program.stop()


def may(client, method, path, **headers):
    return client(method, path, *([{}] if method == "POST" else []), **headers).status_code != 403


def check_defaults(client):
    for role, expected in (("admin", True), ("service", True), ("member,reader", False)):
        assert may(client, "GET", "/resource_providers", **{"X-Roles": role}) == expected
    assert may(client, "GET", "/usages?project_id=p", **OWN)
    assert not may(client, "GET", "/usages?project_id=q", **OWN)
    assert may(client, "POST", "/reshaper", **{"X-Roles": "service"})
    assert not may(client, "POST", "/reshaper", **{"X-Roles": "admin"})
    # The scope of a system token does not match these rules.
    assert not may(client, "GET", "/resource_providers", **{"X-Roles": "admin", "Openstack-System-Scope": "all"})


def test_the_sample_as_it_comes(serve):
    check_defaults(serve(generated()))


def test_the_sample_in_force(serve):
    check_defaults(serve(uncommented(generated())))


def test_the_sample_as_json(serve):
    rules = yaml.safe_load(uncommented(generated()))
    assert rules["placement:usages"]
    check_defaults(serve(json.dumps(rules), "json"))


def test_rules_of_an_operator(serve):
    client = serve(json.dumps({
        "cloud_auditor": "role:auditor",
        "placement:resource_providers:list": "rule:cloud_auditor or rule:admin_or_service_api",
        "placement:traits:list": "@", "placement:resource_providers:delete": "!"}), "json")
    assert may(client, "GET", "/resource_providers", **{"X-Roles": "auditor"})
    assert not may(client, "GET", "/resource_classes", **{"X-Roles": "auditor"})
    assert may(client, "GET", "/traits", **{"X-Roles": "nothing"})
    assert not may(client, "DELETE", "/resource_providers/b0dd3bd2-0a5c-4b44-8a5b-7e3c1d7f6f7a", **{"X-Roles": "admin"})


def test_the_former_defaults(serve):
    client = serve("{}", enforce_new_defaults="false")
    assert may(client, "POST", "/reshaper", **{"X-Roles": "admin"})
    assert not may(client, "GET", "/resource_providers", **{"X-Roles": "member"})
