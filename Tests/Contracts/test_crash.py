"""kill -9 at random moments under load: no acknowledged write is lost, no handle is bound twice, no claim is left
without an owner.

KILONOVA_CRASHES sets how often (default 3).
"""

import os
import random
import threading
import time
import uuid

import pytest
import requests
import yaml

from conftest import RECORDED_HOST, Kilonova

CRASHES = int(os.environ.get("KILONOVA_CRASHES", "3"))
SEED = int(os.environ.get("KILONOVA_SEED", "0")) or random.randrange(1 << 30)
WORKERS = 4


class Wire:
    """The three services by plain HTTP, as fast as they answer."""

    def __init__(self, server):
        self.url = server.url
        clouds = yaml.safe_load(server.clouds.read_text())["clouds"]
        self.user = self.token(clouds["kilonova"])
        self.service = self.token(clouds["kilonova-service"])
        self.session = requests.Session()
        self.session.headers.update({"X-Auth-Token": self.user, "X-Service-Token": self.service})

    def token(self, cloud):
        auth = cloud["auth"]
        body = {"auth": {
            "identity": {"methods": ["password"], "password": {"user": {
                "name": auth["username"], "password": auth["password"],
                "domain": {"name": auth["user_domain_name"]}}}},
            "scope": {"project": {
                "name": auth["project_name"], "domain": {"name": auth["project_domain_name"]}}}}}
        answer = requests.post(f"{self.url}/identity/v3/auth/tokens", json=body, timeout=10)
        assert answer.status_code == 201, answer.text
        return answer.headers["X-Subject-Token"]

    def placement(self, method, path, **more):
        return self.session.request(
            method, f"{self.url}/placement{path}", timeout=10,
            headers={"OpenStack-API-Version": "placement 1.39"}, **more)

    def accelerator(self, method, path, **more):
        return self.session.request(
            method, f"{self.url}/accelerator/v2{path}", timeout=10,
            headers={"OpenStack-API-Version": "accelerator 2.1"}, **more)


class Ledger:
    """What was acknowledged, and what was under way when the power went: the two may not be confused."""

    def __init__(self):
        self.lock = threading.Lock()
        self.claims = {}  # consumer -> "held" | "free" | "unknown"
        self.requests = {}  # ARQ -> "created" | "bound" | "deleted" | "unknown"

    def note(self, book, key, state):
        with self.lock:
            getattr(self, book)[key] = state


def worker(server_url, wire, provider, host, ledger, seed, stop):
    chance = random.Random(seed)
    while not stop.is_set():
        consumer = str(uuid.UUID(int=chance.getrandbits(128), version=4))
        try:
            ledger.note("claims", consumer, "unknown")
            claim = wire.placement("PUT", f"/allocations/{consumer}", json={
                "allocations": {provider: {"resources": {"FPGA": 1}}}, "consumer_generation": None,
                "project_id": "p", "user_id": "u", "consumer_type": "INSTANCE"})
            if claim.status_code != 204:
                assert claim.status_code == 409, claim.text
                ledger.note("claims", consumer, "free")
                time.sleep(0.005)
                continue
            ledger.note("claims", consumer, "held")
            created = wire.accelerator("POST", "/accelerator_requests", json={"device_profile_name": "crash"})
            assert created.status_code == 201, created.text
            request = created.json()["arqs"][0]["uuid"]
            ledger.note("requests", request, "created")
            bound = wire.accelerator("PATCH", "/accelerator_requests", json={request: [
                {"op": "add", "path": "/hostname", "value": host},
                {"op": "add", "path": "/device_rp_uuid", "value": provider},
                {"op": "add", "path": "/instance_uuid", "value": consumer}]})
            if bound.status_code == 202:
                ledger.note("requests", request, "bound")
            else:
                ledger.note("requests", request, "created")
            if chance.random() < 0.7:
                ledger.note("requests", request, "unknown")
                gone = wire.accelerator("DELETE", f"/accelerator_requests?instance={consumer}" if
                                        bound.status_code == 202 else f"/accelerator_requests?arqs={request}")
                assert gone.status_code == 204, gone.text
                ledger.note("requests", request, "deleted")
                ledger.note("claims", consumer, "unknown")
                released = wire.placement("DELETE", f"/allocations/{consumer}")
                assert released.status_code == 204, released.text
                ledger.note("claims", consumer, "free")
        except requests.exceptions.RequestException:
            return


def await_settled(wire):
    """Requests under way come to their end by themselves."""
    deadline = time.monotonic() + 30
    while True:
        arqs = wire.accelerator("GET", "/accelerator_requests").json()["arqs"]
        moving = [arq for arq in arqs if arq["state"] not in ("Initial", "Bound", "Unbound", "BindFailed")]
        if not moving:
            return arqs
        assert time.monotonic() < deadline, moving
        time.sleep(0.05)


def check(wire, ledger, provider):
    arqs = {arq["uuid"]: arq for arq in await_settled(wire)}
    handles = [arq["attach_handle_uuid"] for arq in arqs.values() if arq["attach_handle_uuid"]]
    assert len(handles) == len(set(handles)), "a handle is bound twice"
    for request, state in ledger.requests.items():
        if state in ("created", "bound"):
            assert request in arqs, f"request {request}, acknowledged as {state}, is lost"
        if state == "bound":
            assert arqs[request]["state"] == "Bound", f"{request}: {arqs[request]}"
        if state == "deleted":
            assert request not in arqs, f"request {request} was deleted and is back"
    for request in arqs:
        # One that was created in the moment of the crash is known to no one; its creation was not acknowledged.
        if request not in ledger.requests:
            assert arqs[request]["state"] == "Initial", f"{request} is bound, and nobody asked for it"
    claims = wire.placement("GET", f"/resource_providers/{provider}/allocations").json()["allocations"]
    for consumer, state in ledger.claims.items():
        if state == "held":
            assert consumer in claims, f"the claim of {consumer} was acknowledged and is lost"
        if state == "free":
            assert consumer not in claims, f"the claim of {consumer} was given back and is there"
    for consumer in claims:
        assert consumer in ledger.claims, f"a claim of {consumer}, whom nobody knows"
    usage = wire.placement("GET", f"/resource_providers/{provider}/usages").json()["usages"]["FPGA"]
    assert usage == len(claims) <= 16
    return arqs


def tidy(wire, ledger, provider, arqs):
    """Frees everything, so that the next round has room; what was in doubt is now known."""
    for request, arq in arqs.items():
        query = f"instance={arq['instance_uuid']}" if arq["instance_uuid"] else f"arqs={request}"
        assert wire.accelerator("DELETE", f"/accelerator_requests?{query}").status_code == 204
    claims = wire.placement("GET", f"/resource_providers/{provider}/allocations").json()["allocations"]
    for consumer in claims:
        assert wire.placement("DELETE", f"/allocations/{consumer}").status_code == 204
    await_settled(wire)
    ledger.claims.clear()
    ledger.requests.clear()


@pytest.mark.parametrize("delay", ["0s", "20ms"], ids=["at once", "with preparation"])
def test_kill_at_random_moments(tmp_path, delay):
    chance = random.Random(SEED)
    print(f"KILONOVA_SEED={SEED}")
    server = Kilonova(
        tmp_path, "--no-agent", "--driver", "fake", "--recorded-host", str(RECORDED_HOST),
        env={"KILONOVA_FAKE__PREPARE_DELAY": delay, "KILONOVA_LOG__ACCESS": "false"})
    server.start()
    try:
        wire = Wire(server)
        profile = wire.accelerator("POST", "/device_profiles", json=[
            {"name": "crash", "groups": [{"resources:FPGA": "1", "trait:CUSTOM_FAKE_DEVICE": "required"}]}])
        assert profile.status_code == 201, profile.text
        provider, host = find_provider(wire)
        ledger = Ledger()
        for _ in range(CRASHES):
            stop = threading.Event()
            workers = [
                threading.Thread(
                    target=worker, args=(server.url, Wire(server), provider, host, ledger, chance.random(), stop))
                for _ in range(WORKERS)]
            for one in workers:
                one.start()
            time.sleep(chance.uniform(0.05, 1.0))
            server.kill()
            stop.set()
            for one in workers:
                one.join()
            server.start(listen=server.url.removeprefix("http://"))
            wire = Wire(server)
            arqs = check(wire, ledger, provider)
            tidy(wire, ledger, provider, arqs)
        assert server.stop() == 0
    finally:
        if server.process.poll() is None:
            server.kill()


def find_provider(wire):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        for provider in wire.placement("GET", "/resource_providers").json()["resource_providers"]:
            if provider["name"].endswith("_FakeDevice"):
                inventories = wire.placement("GET", f"/resource_providers/{provider['uuid']}/inventories").json()
                if inventories["inventories"].get("FPGA", {}).get("total") == 16:
                    return provider["uuid"], provider["name"].removesuffix("_FakeDevice")
        time.sleep(0.1)
    raise AssertionError("the fake device was not reported within 20 s")
