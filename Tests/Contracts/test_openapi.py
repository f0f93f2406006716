"""The OpenAPI documents: valid by an independent validator, and every endpoint under a fuzzer made from them.

KILONOVA_FUZZ_EXAMPLES sets how many cases the fuzzer tries for each operation (default 8).
"""

import json
import os
import pathlib
import time

import keystoneauth1.session
import openstack
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from openapi_spec_validator import validate

import documents

SERVICES = ["identity", "placement", "accelerator"]
EXAMPLES = int(os.environ.get("KILONOVA_FUZZ_EXAMPLES", "8"))
SLOWEST = 10  # seconds a single answer may take


@pytest.mark.parametrize("service", SERVICES)
def test_document_is_valid(kilonova, service):
    document = requests.get(f"{kilonova.url}/{service}/openapi.json", timeout=10).json()
    validate(document)
    assert document["openapi"].startswith("3.1")
    assert document["paths"]


@pytest.mark.parametrize("service,version", [("placement", "1.0"), ("placement", "1.20"), ("accelerator", "2.0"),
                                             ("accelerator", "2.3")])
def test_document_of_a_version_has_only_what_the_version_has(kilonova, service, version):
    """An endpoint that came later is not in the document of an earlier version."""
    def document(version):
        return requests.get(f"{kilonova.url}/{service}/openapi.json", timeout=10,
                            headers={"OpenStack-API-Version": f"{service} {version}"}).json()
    old, new = document(version), document("latest")
    validate(old)
    assert old["info"]["version"] == version
    operations = [{(path, method) for path, methods in one["paths"].items() for method in methods} for one in (old, new)]
    assert operations[0] < operations[1]


@pytest.mark.parametrize("name", ["compute", "images"])
def test_documents_of_actions_and_data_are_valid(name):
    """Actions under fragments, data and documents of changes: the documents of the services that Swift's tests play."""
    folder = pathlib.Path(__file__).parent / "documents"
    document = json.loads((folder / f"played-{name}.json").read_text())
    validate(document)
    operations = [operation for methods in document["paths"].values() for operation in methods.values()]
    ids = [operation["operationId"] for operation in operations]
    assert len(set(ids)) == len(ids)
    assert len(list(schemathesis.openapi.from_dict(document).get_all_operations())) == len(ids)


class _Played:
    """The answers of a server that is not there: its document, and what it says to an action."""

    def __init__(self, document):
        self.document = document

    def answer(self, status, body):
        answer = requests.Response()
        answer.status_code = status
        answer._content = json.dumps(body).encode()
        answer.headers["Content-Type"] = "application/json"
        return answer

    def send(self, session, request, **arguments):
        return self.answer(200, self.document)


def test_answers_of_actions_are_held_against_their_own_operation(monkeypatch):
    """The one key of a request's body finds the operation, and a body that is another action's answer is a difference."""
    folder = pathlib.Path(__file__).parent / "documents"
    played = _Played(json.loads((folder / "played-compute.json").read_text()))
    monkeypatch.setitem(documents.SERVICES, "/played", ("played-compute", None))
    seen = documents.Documents("http://played", played.send)

    def look(action, status, body):
        request = requests.Request("POST", "http://played/played/servers/7/action", json={action: None}).prepare()
        seen.look(request, played.answer(status, body))

    look("resize", 202, {"said": "7"})
    assert seen.checked == 1 and not seen.mismatches
    look("os-start", 202, {"said": "7"})
    assert seen.checked == 2 and "action#os-start" in seen.mismatches[0]
    look("resize", 202, {"told": "7"})
    assert len(seen.mismatches) == 2 and "action#resize" in seen.mismatches[1]
    look("nothing", 400, {})
    assert seen.checked == 3


def test_answers_are_held_against_their_documents(kilonova):
    """The checks of this run's own session see a difference when there is one."""
    seen, end = documents.watch(kilonova.url)
    try:
        requests.get(f"{kilonova.url}/identity/v3", timeout=10)
        assert seen.checked == 1 and not seen.mismatches
        for paths in seen.documents.values():
            paths[0]["components"]["schemas"]["Version"]["required"].append("colour")
        seen.validators.clear()
        requests.get(f"{kilonova.url}/identity/v3", timeout=10)
        assert seen.checked == 2
        assert len(seen.mismatches) == 1 and "colour" in seen.mismatches[0]
    finally:
        end()


# What would end the run's own session: deleting its token, user, project or roles, or changing its password.
SPARED = {
    ("DELETE", "/v3/auth/tokens"), ("DELETE", "/v3/users/{user_id}"), ("PATCH", "/v3/users/{user_id}"),
    ("DELETE", "/v3/projects/{project_id}"), ("DELETE", "/v3/domains/{domain_id}"),
}


@pytest.mark.parametrize("service", SERVICES)
def test_fuzzer_finds_no_failure(kilonova, service):
    """No 5xx, no hang, and a 4xx says something, whatever arrives."""
    token = openstack.connect(cloud="kilonova").auth_token
    document = requests.get(f"{kilonova.url}/{service}/openapi.json", timeout=10).json()
    document["servers"] = [{"url": f"{kilonova.url}/{service}"}]
    schema = schemathesis.openapi.from_dict(document)
    wire = requests.Session()
    wire.headers["X-Auth-Token"] = token
    if service == "placement":
        wire.headers["OpenStack-API-Version"] = "placement 1.39"
    if service == "accelerator":
        wire.headers["OpenStack-API-Version"] = "accelerator 2.4"
    failures = []
    calls = 0

    for result in schema.get_all_operations():
        operation = result.ok()
        if (operation.method.upper(), operation.path) in SPARED:
            continue

        @settings(
            max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, print_blob=False,
            phases=[Phase.generate], suppress_health_check=list(HealthCheck))
        @_given(operation)
        def attempt(case):
            nonlocal calls
            calls += 1
            begin = time.monotonic()
            answer = case.call(base_url=f"{kilonova.url}/{service}", session=wire, timeout=SLOWEST)
            if answer.status_code >= 500:
                failures.append((answer.status_code, case.as_curl_command(), answer.text[:300]))
            elif 400 <= answer.status_code and operation.method.upper() != "HEAD":
                if not answer.text:
                    failures.append((answer.status_code, case.as_curl_command(), "an empty refusal"))
            if time.monotonic() - begin > SLOWEST:
                failures.append(("slow", case.as_curl_command(), ""))

        attempt()
    assert calls > 0
    assert not failures, "\n".join(map(str, failures[:20]))
    assert requests.get(f"{kilonova.url}/healthz", timeout=10).status_code == 200


def _given(operation):
    from hypothesis import given

    return given(case=operation.as_strategy())
