"""Placement with a real Keystone that validates its callers' tokens."""

import time

import pytest
from conftest import Client, Program, eventually, free_port, secret
from keystoneauth1 import session as sessions
from keystoneauth1.identity import v3

VERSION = {"OpenStack-API-Version": "placement 1.39"}


@pytest.fixture(scope="module")
def placement(keystone, tmp_path_factory):
    folder = tmp_path_factory.mktemp("kilonova")
    port = free_port()
    (folder / "server.yaml").write_text(f"""
listen: {{address: "127.0.0.1:{port}"}}
database: {{url: "sqlite://{folder}/state.sqlite"}}
services: {{enabled: [placement]}}
auth: {{auth_strategy: keystone}}
keystone: {{auth_url: "{keystone.url}/v3", region_name: one, password_file: {secret(folder / "password", "svcpw")}}}
""")
    program = Program(folder, "server", "--config", folder / "server.yaml")
    url = program.line.removeprefix("ready ") + "/placement"
    keystone.add_service("placement", url)
    yield url
    program.stop()


def test_a_service_finds_it_in_the_catalog(keystone, placement):
    auth = v3.Password(
        auth_url=f"{keystone.url}/v3", username="nova", password="novapw", project_name="service",
        user_domain_id="default", project_domain_id="default")
    cloud = sessions.Session(auth=auth)
    assert cloud.get_endpoint(service_type="placement", region_name="one") == placement
    target = {"service_type": "placement", "region_name": "one"}
    made = cloud.post("/resource_providers", json={"name": "by-catalog"}, endpoint_filter=target, microversion="1.39",
                      microversion_service_type="placement")
    assert made.json()["generation"] == 0
    names = [row["name"] for row in cloud.get("/resource_providers", endpoint_filter=target).json()["resource_providers"]]
    assert "by-catalog" in names


def test_roles_of_keystone_count(keystone, placement):
    ann = Client(placement, keystone.token("ann", "annpw", "demo"), **VERSION)
    assert ann("GET", "/resource_providers").status_code == 403
    assert ann("GET", f"/usages?project_id={keystone.projects['demo']}").json() == {"usages": {}}
    assert ann("GET", f"/usages?project_id={keystone.projects['service']}").status_code == 403
    root = Client(placement, keystone.token("root", "rootpw", "demo"), **VERSION)
    assert root("GET", "/resource_providers").status_code == 200
    # What a client says of itself is not believed.
    assert ann("GET", "/resource_providers", **{"X-Roles": "admin"}).status_code == 403


def test_who_has_no_token_learns_where_to_get_one(keystone, placement):
    for client in (Client(placement), Client(placement, "gAAAAAnothing")):
        answer = client("GET", "/resource_providers")
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == f'Keystone uri="{keystone.url}/v3"'
    assert Client(placement)("GET", "/").status_code == 200


def test_a_revoked_token_opens_nothing(keystone, placement):
    token = keystone.token("root", "rootpw", "demo")
    import requests
    assert requests.delete(f"{keystone.url}/v3/auth/tokens", timeout=30, headers={
        "X-Auth-Token": token, "X-Subject-Token": token}).status_code == 204
    assert Client(placement, token)("GET", "/resource_providers").status_code == 401


def test_an_expired_token_counts_beside_a_service_s(keystone, placement):
    token = keystone.token("root", "rootpw", "demo", url=keystone.hurried.url)
    late = Client(placement, token)
    eventually(lambda: late("GET", "/resource_providers").status_code == 401)
    service = keystone.token("nova", "novapw", "service")
    assert late("GET", "/resource_providers", **{"X-Service-Token": service}).status_code == 200
    member = keystone.token("ann", "annpw", "demo")
    assert late("GET", "/resource_providers", **{"X-Service-Token": member}).status_code == 401
    good = Client(placement, keystone.token("root", "rootpw", "demo"))
    assert good("GET", "/resource_providers", **{"X-Service-Token": "gAAAAAnothing"}).status_code == 401


def test_while_keystone_is_away_known_tokens_work(keystone, placement):
    known = Client(placement, keystone.token("root", "rootpw", "demo"))
    other = Client(placement, keystone.token("root", "rootpw", "demo"))
    assert known("GET", "/resource_providers").status_code == 200
    keystone.process.terminate()
    keystone.process.wait()
    try:
        assert known("GET", "/resource_providers").status_code == 200
        refused = other("GET", "/resource_providers")
        assert refused.status_code == 503 and int(refused.headers["Retry-After"]) > 0
    finally:
        super(type(keystone), keystone).start()
    started = time.monotonic()
    eventually(lambda: other("GET", "/resource_providers").status_code == 200)
    assert time.monotonic() - started < 45
