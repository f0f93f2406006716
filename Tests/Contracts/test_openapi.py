"""The OpenAPI documents: valid by an independent validator, and every endpoint under a fuzzer made from them.

KILONOVA_FUZZ_EXAMPLES sets how many cases the fuzzer tries for each operation (default 8).
"""

import os
import time

import keystoneauth1.session
import openstack
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from openapi_spec_validator import validate

SERVICES = ["identity", "placement", "accelerator"]
EXAMPLES = int(os.environ.get("KILONOVA_FUZZ_EXAMPLES", "8"))
SLOWEST = 10  # seconds a single answer may take


@pytest.mark.parametrize("service", SERVICES)
def test_document_is_valid(kilonova, service):
    document = requests.get(f"{kilonova.url}/{service}/openapi.json", timeout=10).json()
    validate(document)
    assert document["openapi"].startswith("3.1")
    assert document["paths"]


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
