#!/usr/bin/env python3
"""Loads provider trees into a Placement and measures it: latency, and CPU per request of its processes.

Works against any Placement in noauth2 mode, so that two can be compared in one run:

    python compare.py --trees 1000 ours=http://127.0.0.1:7001/placement,PID theirs=http://127.0.0.1:8778,PID+PID+DBPID

A tree is a root with VCPU, MEMORY_MB and DISK_GB, two NUMA children, and four accelerators below them; half is in use.
"""
import argparse
import http.client
import json
import os
import random
import time
import urllib.parse
import uuid


class Target:
    def __init__(self, text):
        self.name, rest = text.split("=", 1)
        url, _, pids = rest.partition(",")
        parts = urllib.parse.urlsplit(url)
        self.prefix = parts.path.rstrip("/")
        self.address = parts.netloc
        self.pids = [int(pid) for pid in pids.split("+") if pid]
        self.connection = http.client.HTTPConnection(self.address, timeout=600)

    def send(self, method, path, body=None, version="1.39"):
        headers = {"x-auth-token": "admin", "openstack-api-version": f"placement {version}"}
        if body is not None:
            headers["content-type"] = "application/json"
            body = json.dumps(body)
        self.connection.request(method, self.prefix + path, body, headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def ask(self, method, path, body=None, version="1.39"):
        status, content = self.send(method, path, body, version)
        if status >= 300:
            raise RuntimeError(f"{self.name}: {method} {path}: {status} {content[:300]}")
        return json.loads(content) if content else None

    def cpu(self):
        """Seconds of CPU of all threads of all processes so far."""
        nanoseconds = 0
        for pid in self.pids:
            for thread in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{thread}/schedstat") as file:
                    nanoseconds += int(file.read().split()[0])
        return nanoseconds / 1e9

    def resident(self):
        pages = sum(int(open(f"/proc/{pid}/statm").read().split()[1]) for pid in self.pids)
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def provider(target, name, parent=None, inventories=None, traits=()):
    identifier = str(uuid.UUID(int=random.getrandbits(128), version=4))
    body = {"name": name, "uuid": identifier}
    if parent:
        body["parent_provider_uuid"] = parent
    target.ask("POST", "/resource_providers", body)
    generation = 0
    if inventories:
        generation = target.ask("PUT", f"/resource_providers/{identifier}/inventories", {
            "resource_provider_generation": 0, "inventories": inventories})["resource_provider_generation"]
    if traits:
        target.ask("PUT", f"/resource_providers/{identifier}/traits", {
            "resource_provider_generation": generation, "traits": list(traits)})
    return identifier


def load(target, trees):
    random.seed(7)
    for trait in ("CUSTOM_CARD_A", "CUSTOM_CARD_B", "CUSTOM_RARE"):
        target.ask("PUT", f"/traits/{trait}")
    roots = []
    for number in range(trees):
        traits = ["COMPUTE_NODE"] + (["CUSTOM_RARE"] if number % 997 == 0 else [])
        root = provider(target, f"host-{number}", inventories={
            "VCPU": {"total": 64, "allocation_ratio": 4.0}, "MEMORY_MB": {"total": 262144, "reserved": 512},
            "DISK_GB": {"total": 2000}}, traits=traits)
        roots.append(root)
        held = {root: {"resources": {"VCPU": 128, "MEMORY_MB": 131072, "DISK_GB": 1000}}}
        for node in range(2):
            numa = provider(target, f"host-{number}-numa{node}", root, traits=["HW_NUMA_ROOT"])
            for card in "AB":
                device = provider(target, f"host-{number}-numa{node}-{card}", numa, {"FPGA": {"total": 1}},
                                  ["OWNER_CYBORG", f"CUSTOM_CARD_{card}"])
                if random.random() < 0.5:
                    held[device] = {"resources": {"FPGA": 1}}
        target.ask("PUT", f"/allocations/{uuid.uuid4()}", {
            "allocations": held, "project_id": "p", "user_id": "u", "consumer_generation": None,
            "consumer_type": "INSTANCE"})
    return roots


def measure(target, name, count, action):
    action(0)
    times = []
    before = target.cpu()
    for number in range(count):
        begin = time.perf_counter()
        action(number + 1)
        times.append((time.perf_counter() - begin) * 1000)
    spent = (target.cpu() - before) * 1000 / count
    times.sort()
    print(f"{target.name:10} {name:28} p50 {times[len(times) // 2]:9.2f} ms  p95 {times[len(times) * 95 // 100]:9.2f} ms"
          f"  p99 {times[len(times) * 99 // 100]:9.2f} ms  CPU {spent:9.3f} ms/request  {target.resident():7.1f} MB", flush=True)
    return spent


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--trees", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--skip", default="", help="cases to leave out for the second target, by a part of their name")
    parser.add_argument("targets", nargs="+")
    arguments = parser.parse_args()
    flavor = "resources=VCPU:4,MEMORY_MB:8192,DISK_GB:40"
    granular = (flavor + "&resources_A=FPGA:1&required_A=CUSTOM_CARD_A&resources_B=FPGA:1&required_B=CUSTOM_CARD_B"
                "&required_N=HW_NUMA_ROOT&same_subtree=_A,_B,_N&group_policy=isolate")
    equal = "group_policy=isolate&" + "&".join(f"resources_{n}=PGPU:1" for n in range(8))
    spent = {}
    for place, text in enumerate(arguments.targets):
        target = Target(text)
        begin = time.perf_counter()
        roots = load(target, arguments.trees)
        print(f"{target.name}: loaded {arguments.trees} trees in {time.perf_counter() - begin:.1f} s")
        host = provider(target, "eight-devices")
        for number in range(8):
            provider(target, f"eight-devices-{number}", host, {"PGPU": {"total": 1}})

        def candidates(query):
            return lambda _: target.ask("GET", "/allocation_candidates?" + query)

        def claim(spread):
            def action(number):
                root = roots[number % len(roots)] if spread else roots[0]
                target.ask("PUT", f"/allocations/{uuid.uuid4()}", {
                    "allocations": {root: {"resources": {"VCPU": 1}}}, "project_id": "p", "user_id": "u",
                    "consumer_generation": None, "consumer_type": "INSTANCE"})
            return action

        cases = [
            ("simple", candidates(flavor)), ("simple, limit 1000", candidates(flavor + "&limit=1000")),
            ("simple, limit 10", candidates(flavor + "&limit=10")), ("granular", candidates(granular)),
            ("granular, limit 10", candidates(granular + "&limit=10")),
            ("rare trait", candidates(flavor + "&required=CUSTOM_RARE")),
            ("8 groups, 8 devices", candidates(equal)),
            ("PUT allocations, spread", claim(True)), ("PUT allocations, hot", claim(False)),
            ("provider list", lambda _: target.ask("GET", "/resource_providers")),
        ]
        for name, action in cases:
            if place and arguments.skip and arguments.skip in name:
                continue
            cost = measure(target, name, arguments.rounds, action)
            spent.setdefault(name, []).append(cost)
    for name, costs in spent.items():
        if len(costs) > 1 and costs[0]:
            print(f"{name:28} {costs[1] / costs[0]:9.1f} times")


main()
