#!/usr/bin/env python3
"""Compares the original accelerator service and this one, one after the other in one run: CPU time, latency, memory, errors.

Counted for the original: its API, conductor and agent, MariaDB, RabbitMQ and Keystone. Counted for Kilonova: the server, including identity
and Placement, and one agent. Not counted: the original Placement, and the process that receives Nova's events.

usage: compare.py --venv FOLDER [--devices 1000] [--seconds 10] [--keep]
"""
import argparse
import itertools
import json
import os
import shutil
import signal
import sys
import tempfile
import time
import urllib.request
import uuid

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "Tests", "Interop"))

from footprint import Footprint  # noqa: E402
from load import Exchange, drive  # noqa: E402
from stack.broker import Broker  # noqa: E402
from stack.cloud import Cloud  # noqa: E402
from stack.cyborg import Cyborg  # noqa: E402
from stack.database import Database  # noqa: E402
from stack.keystone import Keystone  # noqa: E402
from stack.kilonova import Kilonova  # noqa: E402
from stack.placement import Placement  # noqa: E402
from stack.processes import Failure, Processes, eventually, free_port, listens  # noqa: E402

HANDLES = 16
# The maximum number of devices that the fake driver simulates on one host.
DEVICES_OF_A_HOST = 200
CONCURRENCY = (1, 8, 32)
# For each case, how many times the original's CPU time must be Kilonova's.
BARS = {"list devices": 50, "list deployables": 50, **{f"request cycle, {n} at once": 100 for n in CONCURRENCY}}


class Side:
    """A running accelerator service with its devices, and the tokens to use it."""

    def __init__(self, name, port, prefix, footprint, cloud, providers, events_port):
        self.name, self.port, self.prefix, self.footprint = name, port, prefix, footprint
        admin, user = cloud.admin.auth_token, cloud.demo.auth_token
        service = cloud.connect("nova", cloud.service_password, "service").auth_token
        self.admin = [f"X-Auth-Token: {admin}", "OpenStack-API-Version: accelerator 2.3"]
        self.user = [f"X-Auth-Token: {user}"]
        self.forwarded = [*self.user, f"X-Service-Token: {service}"]
        self.providers = itertools.cycle(providers)
        self.events_port = events_port

    def ask(self, method, path, headers, body=None):
        found = []
        drive(self.port, 1, lambda: Exchange(method, self.prefix + path, headers, body,
                                             lambda status, content: found.append((status, content))), count=1)
        status, content = found[0]
        if status >= 300 or not status:
            raise Failure(f"{self.name}: {method} {path}: {status} {content[:400]}")
        return json.loads(content) if content else None

    def read(self, path, needs=None):
        def check(status, content):
            if status != 200 or needs and content.count(b'"uuid"') < needs:
                return f"GET {path}: {status}, {len(content)} bytes"
            return None
        return lambda: Exchange("GET", self.prefix + path, self.admin, then=check)

    def profile(self):
        names = (f"profile-{number}" for number in itertools.count())

        def begin():
            name = next(names)
            body = json.dumps([{"name": name, "groups": [{"resources:FPGA": "1", "trait:CUSTOM_FAKE_DEVICE": "required"}]}])
            return Exchange("POST", f"{self.prefix}/device_profiles", self.admin, body, created)

        def created(status, content):
            if status != 201:
                return f"POST device_profiles: {status} {content[:120]}"
            return Exchange("DELETE", f"{self.prefix}/device_profiles/{json.loads(content)['uuid']}", self.admin, then=deleted)

        def deleted(status, content):
            return None if status == 204 else f"DELETE device_profiles: {status} {content[:120]}"

        return begin

    def cycle(self):
        """The requests that Nova sends: create, bind, read the bound request, delete."""
        path = f"{self.prefix}/accelerator_requests"
        body = json.dumps({"device_profile_name": "bench"})

        def begin():
            return Exchange("POST", path, self.user, body, created)

        def created(status, content):
            if status != 201:
                return f"POST accelerator_requests: {status} {content[:120]}"
            request, instance = json.loads(content)["arqs"][0]["uuid"], str(uuid.uuid4())
            host, provider = next(self.providers)
            patch = json.dumps({request: [
                {"path": "/hostname", "op": "add", "value": host},
                {"path": "/device_rp_uuid", "op": "add", "value": provider},
                {"path": "/instance_uuid", "op": "add", "value": instance}]})

            def bound(status, content):
                if status != 202:
                    return f"PATCH accelerator_requests: {status} {content[:120]}"
                return Exchange("GET", f"{path}/{request}", self.user, then=shown)

            def shown(status, content):
                if status != 200:
                    return f"GET accelerator_requests: {status} {content[:120]}"
                if json.loads(content)["state"] != "Bound":
                    return f"a request is {json.loads(content)['state']}"
                return Exchange("DELETE", f"{path}?instance={instance}", self.forwarded, then=deleted)

            return Exchange("PATCH", path, self.forwarded, patch, bound)

        def deleted(status, content):
            return None if status == 204 else f"DELETE accelerator_requests: {status} {content[:120]}"

        return begin

    def events_taken(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.events_port}/", timeout=10) as answer:
            return json.load(answer)["taken"]

    def settle(self):
        """What was put off belongs to the cycles: waits until no event comes any more. Kilonova sends none for a request
        that is deleted by then, the original sends all of them before the bind is answered."""
        last = -1
        while (taken := self.events_taken()) != last:
            last = taken
            time.sleep(1)

    def measure(self, devices, seconds):
        """Case to outcome and seconds of processor time for each."""
        self.ask("POST", "/device_profiles", self.admin, json.dumps(
            [{"name": "bench", "groups": [{"resources:FPGA": "1", "trait:CUSTOM_FAKE_DEVICE": "required"}]}]))
        one = self.ask("GET", "/devices", self.admin)["devices"][devices // 2]["uuid"]
        cases = [("list devices", self.read("/devices", devices), 1), ("list deployables", self.read("/deployables", devices), 1),
                 ("show one device", self.read(f"/devices/{one}"), 1), ("create and delete a profile", self.profile(), 1),
                 *((f"request cycle, {n} at once", self.cycle(), n) for n in CONCURRENCY)]
        figures = {}
        for case, begin, concurrency in cases:
            drive(self.port, concurrency, begin, count=2 * concurrency)
            self.settle()
            before = self.footprint.spent()
            outcome = drive(self.port, concurrency, begin, seconds=seconds)
            if "cycle" in case:
                self.settle()
            cpu = self.footprint.difference(before, self.footprint.spent())
            figures[case] = (outcome, cpu / max(outcome.done, 1))
            print(f"{self.name:10} {case:30} {outcome.done:7} in {outcome.seconds:5.1f} s  p50 {outcome.middle():9.2f} ms  "
                  f"CPU {cpu / max(outcome.done, 1) * 1000:9.3f} ms each  errors {sum(outcome.errors.values())}", flush=True)
            for text, count in outcome.errors.most_common(3):
                print(f"           {count} x {text}", flush=True)
        figures["memory"] = self.footprint.memory()
        print(f"{self.name:10} {'memory':30} {figures['memory']:7.1f} MB", flush=True)
        return figures


def start_events(processes, cloud):
    port = free_port()
    processes.start("compute-events", [sys.executable, os.path.join(os.path.dirname(os.path.abspath(__file__)), "compute_events.py"),
                                       port], ready=lambda: listens(port))
    cloud.add_service("compute", "nova", f"http://127.0.0.1:{port}/v2.1")
    return port


def original(processes, venv, devices):
    database, broker = Database(processes, durable=True), Broker(processes)
    database.start()
    broker.start()
    keystone = Keystone(processes, venv)
    keystone.start(database)
    cloud = Cloud(processes.folder, keystone.url, keystone.password)
    cloud.add_accounts(["nova", "placement", "cyborg"])
    placement = Placement(processes, venv)
    placement.start(database, cloud)
    cloud.add_service("placement", "placement", placement.url)
    events = start_events(processes, cloud)
    cloud.admin.placement.create_resource_provider(name="bench")
    cyborg = Cyborg(processes, venv)
    cloud.add_service("accelerator", "cyborg", cyborg.url)
    cyborg.start(database, broker, cloud, "bench", workers=os.cpu_count())
    providers = cyborg.fill(database, devices - 1, HANDLES)
    side = Side("original", cyborg.port, "/v2", Footprint(lambda: processes.members(
        *cyborg.names, "database", "broker", "port-mapper", "keystone")), cloud, providers, events)
    eventually("the agent's own device", lambda: len(side.ask("GET", "/devices", side.admin)["devices"]) == devices, 120)
    return side


def ours(processes, binary, devices):
    kilonova = Kilonova(processes, binary)
    kilonova.configure(["identity", "placement", "accelerator"], kilonova.identity_url, Cloud.service_password, "embedded")
    kilonova.bootstrap()
    kilonova.start()
    cloud = Cloud(processes.folder, kilonova.identity_url, kilonova.admin_password)
    cloud.add_accounts(["nova", "kilonova"])
    events = start_events(processes, cloud)
    hosts = [f"bench-{number}" for number in range(-(-devices // DEVICES_OF_A_HOST))]
    for place, host in enumerate(hosts):
        count = min(DEVICES_OF_A_HOST, devices - place * DEVICES_OF_A_HOST)
        kilonova.enrol_and_start(host, f"fake: {{devices: {count}}}\n", makes_provider=True)
    side = Side("Kilonova", kilonova.port, "/accelerator/v2", Footprint(
        lambda: processes.members("kilonova", f"kilonova-agent-{hosts[0]}")), cloud, [], events)
    eventually("the devices", lambda: len(side.ask("GET", "/devices", side.admin)["devices"]) == devices, 120)

    def providers():
        found = side.ask("GET", "/deployables", side.admin)["deployables"]
        named = [(one["name"].partition("_")[0], one["rp_uuid"]) for one in found]
        return named if all(provider for _, provider in named) else None

    side.providers = itertools.cycle(eventually("their providers", providers, 120))
    eventually("their inventories", lambda: len(cloud.admin.placement.get(
        "/resource_providers?resources=FPGA:1", microversion="1.4").json()["resource_providers"]) == devices, 180)
    # The original has one agent, too; its other devices are only in its database.
    for host in hosts[1:]:
        kilonova.stop_agent(host)
    return side


def table(theirs, mine):
    print(f"\n{'':30} {'original':>12} {'Kilonova':>12} {'ratio':>8}   bar")
    errors = 0
    for case, bar in [(case, BARS.get(case)) for case in theirs if case != "memory"]:
        (their_outcome, their_cost), (outcome, cost) = theirs[case], mine[case]
        errors += sum(outcome.errors.values())
        rows = [("CPU ms", their_cost * 1000, cost * 1000, their_cost / cost if cost else float("nan"), bar)]
        if "cycle" in case:
            rows.append(("a second", their_outcome.rate, outcome.rate, outcome.rate / their_outcome.rate if their_outcome.rate
                         else float("nan"), 100 if case.startswith("request cycle, 32") else None))
        for unit, their, own, ratio, wanted in rows:
            word = "" if wanted is None else f"{wanted}: {'held' if ratio >= wanted else 'missed'}"
            print(f"{case + ', ' + unit:40} {their:12.3f} {own:12.3f} {ratio:8.1f}   {word}"[:120])
    ratio = theirs["memory"] / mine["memory"]
    print(f"{'memory, MB':40} {theirs['memory']:12.1f} {mine['memory']:12.1f} {ratio:8.1f}   12: {'held' if ratio >= 12 else 'missed'}")
    print(f"{'errors of Kilonova':40} {errors:25}            0: {'held' if not errors else 'missed'}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--venv", required=True)
    parser.add_argument("--devices", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--only", choices=["original", "kilonova"])
    parser.add_argument("--keep", action="store_true", help="keep logs and state")
    arguments = parser.parse_args()
    venv = os.path.abspath(arguments.venv)
    binary = os.path.abspath(os.environ.get("KILONOVA_BINARY", os.path.join(ROOT, ".build/release/kilonova")))
    figures = {}
    for name, begin in (("original", lambda processes: original(processes, venv, arguments.devices)),
                        ("kilonova", lambda processes: ours(processes, binary, arguments.devices))):
        if arguments.only not in (None, name):
            continue
        folder = tempfile.mkdtemp(prefix=f"kilonova-compare-{name}.")
        processes = Processes(folder)
        try:
            figures[name] = begin(processes).measure(arguments.devices, arguments.seconds)
        finally:
            processes.stop_all()
            if arguments.keep:
                print(f"logs and state: {folder}")
            else:
                shutil.rmtree(folder, ignore_errors=True)
    if len(figures) == 2:
        table(figures["original"], figures["kilonova"])


def interrupted(*_):
    raise Failure("interrupted")


if __name__ == "__main__":
    for kind in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(kind, interrupted)
    try:
        main()
    except Failure as failure:
        sys.exit(f"{failure}")
