"""Idempotency keys and dry runs of POSTs that create something, as openstacksdk sends them: unmodified, by its public means alone."""

import json
import uuid

import openstack
import pytest
from openstack import exceptions

VERSION = "2.5"


def new_name():
    return f"once-{uuid.uuid4().hex[:8]}"


def profile(name, amount="1"):
    return [{"name": name, "groups": [{"resources:FPGA": amount}]}]


def sentence(answer):
    """What the fault says, of which the accelerator service's clients read the inner document."""
    return json.loads(answer.json()["error_message"])["faultstring"]


@pytest.fixture(scope="module")
def accelerators(kilonova):
    return openstack.connect(cloud="kilonova").accelerator


@pytest.fixture
def named(accelerators):
    """A device profile that requests are made of."""
    name = new_name()
    assert accelerators.post("/device_profiles", json=profile(name, "2"), microversion=VERSION).status_code == 201
    yield name
    for request in requests_of(accelerators, name):
        accelerators.delete_accelerator_request(request)
    assert accelerators.delete(f"/device_profiles/{name}").status_code == 204


def requests_of(accelerators, name):
    return [one.uuid for one in accelerators.accelerator_requests() if one.device_profile_name == name]


def profiles_of(accelerators, name):
    return [one.uuid for one in accelerators.device_profiles() if one.name == name]


class TestIdempotencyKeys:
    def test_the_same_key_and_body_create_one_profile(self, accelerators):
        name, headers = new_name(), {"Idempotency-Key": str(uuid.uuid4())}
        first, again = (accelerators.post("/device_profiles", json=profile(name), headers=headers, microversion=VERSION)
                        for _ in range(2))
        assert (first.status_code, again.status_code) == (201, 201)
        assert again.json() == first.json()
        assert "Idempotent-Replayed" not in first.headers and again.headers["Idempotent-Replayed"] == "true"
        assert profiles_of(accelerators, name) == [first.json()["uuid"]]
        accelerators.delete_device_profile(name)

    def test_the_same_key_and_body_create_one_set_of_requests(self, accelerators, named):
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        first, again = (accelerators.post("/accelerator_requests", json={"device_profile_name": named}, headers=headers,
                                          microversion=VERSION) for _ in range(2))
        assert (first.status_code, again.status_code) == (201, 201)
        assert again.json() == first.json()
        made = [one["uuid"] for one in first.json()["arqs"]]
        assert len(made) == 2 and sorted(requests_of(accelerators, named)) == sorted(made)
        # Another key is another request.
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        other = accelerators.post("/accelerator_requests", json={"device_profile_name": named}, headers=headers,
                                  microversion=VERSION)
        assert other.status_code == 201 and len(requests_of(accelerators, named)) == 4

    def test_the_same_key_with_another_body_is_refused(self, accelerators):
        name, other = new_name(), new_name()
        key = str(uuid.uuid4())
        made = accelerators.post("/device_profiles", json=profile(name), headers={"Idempotency-Key": key},
                                 microversion=VERSION)
        assert made.status_code == 201
        refused = accelerators.post("/device_profiles", json=profile(other), headers={"Idempotency-Key": key},
                                    microversion=VERSION)
        assert refused.status_code == 422
        assert f"The Idempotency-Key '{key}' was used for another request" in sentence(refused)
        assert profiles_of(accelerators, other) == []
        accelerators.delete_device_profile(name)

    def test_calls_of_the_client_itself_may_have_a_key(self, kilonova):
        """The SDK's own call for a device profile, by a proxy that adds a header to each request."""
        keyed = openstack.connect(cloud="kilonova", accelerator_default_microversion=VERSION).accelerator
        keyed.additional_headers = {"Idempotency-Key": str(uuid.uuid4())}
        name, groups = new_name(), [{"resources:FPGA": "1"}]
        first = keyed.create_device_profile(name=name, groups=groups)
        again = keyed.create_device_profile(name=name, groups=groups)
        assert first.uuid == again.uuid and first.created_at == again.created_at
        with pytest.raises(exceptions.HttpException) as refusal:
            keyed.create_device_profile(name=new_name(), groups=groups)
        assert refusal.value.status_code == 422
        assert profiles_of(keyed, name) == [first.uuid]
        keyed.delete_device_profile(name)


class TestDryRuns:
    def test_a_profile_is_shown_and_not_created(self, accelerators):
        name = new_name()
        dry = accelerators.post("/device_profiles", json=profile(name), params={"dry_run": "true"}, microversion=VERSION)
        assert dry.status_code == 200, dry.text
        assert dry.json()["name"] == name and dry.json()["groups"] == [{"resources:FPGA": "1"}]
        assert profiles_of(accelerators, name) == []
        made = accelerators.post("/device_profiles", json=profile(name), microversion=VERSION)
        assert made.status_code == 201 and set(made.json()) == set(dry.json())
        # What would be refused is refused.
        taken = accelerators.post("/device_profiles", json=profile(name), params={"dry_run": "true"}, microversion=VERSION)
        assert taken.status_code == 409 and name in sentence(taken)
        accelerators.delete_device_profile(name)

    def test_requests_are_shown_and_not_created(self, accelerators, named):
        dry = accelerators.post("/accelerator_requests", json={"device_profile_name": named}, params={"dry_run": "true"},
                                microversion=VERSION)
        assert dry.status_code == 200, dry.text
        assert [one["device_profile_name"] for one in dry.json()["arqs"]] == [named, named]
        assert requests_of(accelerators, named) == []

    def test_a_dry_run_uses_no_key_up(self, accelerators):
        name, headers = new_name(), {"Idempotency-Key": str(uuid.uuid4())}
        dry = accelerators.post("/device_profiles", json=profile(name), headers=headers, params={"dry_run": "true"},
                                microversion=VERSION)
        made = accelerators.post("/device_profiles", json=profile(name), headers=headers, microversion=VERSION)
        assert (dry.status_code, made.status_code) == (200, 201) and "Idempotent-Replayed" not in made.headers
        accelerators.delete_device_profile(name)

    def test_an_earlier_version_refuses_it(self, accelerators):
        """A client that asks for a dry run must not have the request carried out."""
        name = new_name()
        refused = accelerators.post("/device_profiles", json=profile(name), params={"dry_run": "true"}, microversion="2.4")
        assert refused.status_code == 400 and "dry_run" in sentence(refused)
        assert profiles_of(accelerators, name) == []
