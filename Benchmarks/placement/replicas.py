#!/usr/bin/env python3
"""Two replicas over one PostgreSQL, with many clients that compete for the last units.

    replicas.py [--kilonova .build/release/kilonova] [--seconds 60] [--clients 64]

Half of the clients use each replica. Eight hosts have four units each, far fewer than the clients want. A client claims a unit, sometimes
moves its claim to another host, and releases it. Meanwhile the database is queried whether any host is oversold. At the end the database must
contain exactly the claims that the clients hold: no claim is lost, and no claim is without a holder. The lag of each replica is taken from
its metrics, which give an upper bound, and from a probe that claims through one replica and reads from the other until the claim is visible.
"""
import argparse
import json
import os
import threading
import time
import urllib.request
import uuid

import load
import processes
import world

HOSTS, UNITS = 8, 4


def fighting(hosts):
    def steps(source, tally):
        while True:
            consumer, host = load.new_id(source), hosts[source.randrange(len(hosts))]
            status, body, _ = yield load.claim(consumer, host, {"PGPU": 1})
            if status != 204:
                if status == 409 and b"exceed the capacity" in body:
                    tally["full"] += 1
                elif status == 409:
                    tally["conflicts"] += 1
                    tally["example"] = body[:300]
                else:
                    tally["others"][status] = tally["others"].get(status, 0) + 1
                    tally["example"] = body[:300]
                continue
            tally["claims"] += 1
            tally["held"] = (consumer, host)
            if source.random() < 0.5:
                other = hosts[source.randrange(len(hosts))]
                status, body, _ = yield load.claim(consumer, other, {"PGPU": 1}, generation=1)
                if status == 204:
                    tally["moved"] += 1
                    tally["held"] = (consumer, other)
            status, body, _ = yield load.release(consumer)
            if status == 204:
                tally["released"] += 1
                tally["held"] = None
            else:
                tally["others"][status] = tally["others"].get(status, 0) + 1
                tally["example"] = body[:300]

    def make(source):
        tally = {"claims": 0, "full": 0, "conflicts": 0, "others": {}, "held": None, "released": 0, "moved": 0}
        return tally, steps(source, tally)
    return make


def metric(port, name):
    """The histogram's counts by upper bound."""
    text = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()
    counts = []
    for line in text.splitlines():
        if line.startswith(f"{name}_bucket"):
            counts.append((float(line.split('le="')[1].split('"')[0]), int(float(line.rsplit(" ", 1)[1]))))
    return counts


def quantile(counts, part):
    total = counts[-1][1] if counts else 0
    return next((bound for bound, count in counts if total and count >= total * part), None)


def arguments_given():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kilonova", default=".build/release/kilonova")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--clients", type=int, default=64)
    return parser.parse_args()


def start(program, folder, url):
    """Fills the database, starts two replicas; returns them, the hosts that are fought over, and the host of the probe."""
    first = processes.kilonova(program, folder.path, url, "replica")
    first.wait()
    first.stop()
    cloud = world.World(1000)
    hosts = []
    for number in range(HOSTS + 1):
        host = cloud.provider(f"fought-{number}")
        cloud.stock(host, "PGPU", UNITS if number < HOSTS else 1_000_000)
        hosts.append(host)
    probe = hosts.pop()
    cloud.into_postgresql(url)
    servers = [processes.kilonova(program, folder.path, url, f"replica-{number}") for number in range(2)]
    return servers, hosts, probe


class Watch:
    """Queries the database for oversold hosts, and measures how long a claim takes to reach the other replica."""

    def __init__(self, url, servers, probe):
        self.url, self.servers, self.probe = url, servers, probe
        self.over = threading.Event()
        self.oversold, self.lags, self.checks = [], [], 0
        self.threads = [threading.Thread(target=self.watch), threading.Thread(target=self.follow)]
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.over.set()
        for thread in self.threads:
            thread.join()

    def watch(self):
        while not self.over.wait(0.25):
            self.checks += 1
            self.oversold.extend(world.query(
                self.url, "SELECT i.provider FROM inventories i LEFT JOIN allocations a ON a.provider = "
                          "i.provider AND a.resource_class = i.resource_class GROUP BY i.provider, "
                          "i.resource_class, i.total, i.reserved, i.allocation_ratio, i.used HAVING "
                          "COALESCE(SUM(a.used), 0) > (i.total - i.reserved) * i.allocation_ratio OR "
                          "i.used <> COALESCE(SUM(a.used), 0)"))

    def follow(self):
        number = 0
        while not self.over.wait(0.2):
            number += 1
            writer, reader = self.servers[number % 2], self.servers[(number + 1) % 2]
            ask(writer, "PUT", f"/allocations/{uuid.uuid4()}", {
                "allocations": {self.probe: {"resources": {"PGPU": 1}}}, "project_id": "p", "user_id": "u",
                "consumer_generation": None, "consumer_type": "INSTANCE"})
            begin = time.perf_counter()
            while True:
                answer = json.loads(ask(reader, "GET", f"/allocation_candidates?resources=PGPU:1&in_tree={self.probe}"))
                if answer["provider_summaries"][self.probe]["resources"]["PGPU"]["used"] >= number:
                    break
            self.lags.append(time.perf_counter() - begin)


def ask(server, method, path, body=None):
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}/placement{path}", method=method,
        data=json.dumps(body).encode() if body else None,
        headers={"X-Auth-Token": "admin", "OpenStack-API-Version": "placement 1.39",
                 "Content-Type": "application/json"})
    return urllib.request.urlopen(request).read()


def report(arguments, url, watch, tallies):
    """Prints what happened; returns what should not have."""
    def total(name):
        return sum(tally[name] for tally in tallies)

    held = {tally["held"] for tally in tallies if tally["held"]}
    there = {(consumer, provider) for consumer, provider in world.query(
        url, "SELECT a.consumer, a.provider FROM allocations a JOIN resource_providers p ON p.uuid = a.provider "
             "WHERE p.name LIKE 'fought-%' AND p.name <> 'fought-" + str(HOSTS) + "'")}
    others = {}
    for tally in tallies:
        for status, count in tally["others"].items():
            others[status] = others.get(status, 0) + count
    print(f"{arguments.clients} clients, 2 replicas, {arguments.seconds:.0f} s, load average {os.getloadavg()[0]:.1f}: "
          f"{total('claims')} claims granted, {total('moved')} moved, {total('released')} released, {total('full')} "
          f"refused because full, {total('conflicts')} other conflicts, other responses {others or 'none'}")
    print(f"oversold in {watch.checks} checks: {len(watch.oversold)}; claims lost: {len(held - there)}; without a holder: "
          f"{len(there - held)}")
    report_lags(watch)
    for tally in tallies:
        if "example" in tally:
            print("for example:", tally["example"].decode())
            break
    return watch.oversold + list(held - there) + list(there - held) + list(others)


def report_lags(watch):
    for server in watch.servers:
        counts = metric(server.port, "kilonova_placement_index_lag_seconds")
        print(f"{server.name}: lag by its metrics (upper bound) p50 ≤ {quantile(counts, .5)} s, p99 ≤ "
              f"{quantile(counts, .99)} s of {counts[-1][1] if counts else 0} deliveries")
    lags = sorted(watch.lags)
    if lags:
        print(f"lag by probe: p50 {lags[len(lags) // 2] * 1000:.1f} ms, p99 {lags[len(lags) * 99 // 100] * 1000:.1f} ms, "
              f"worst {lags[-1] * 1000:.1f} ms of {len(lags)}")


def main():
    arguments = arguments_given()
    folder = processes.Folder()
    postgres = processes.PostgreSQL(folder.path)
    servers = []
    try:
        url = postgres.database("replicas")
        servers, hosts, probe = start(arguments.kilonova, folder, url)
        for server in servers:
            server.wait()
        watch = Watch(url, servers, probe)
        tallies = load.run([server.port for server in servers], arguments.clients, arguments.seconds, fighting(hosts))
        watch.stop()
        failures = report(arguments, url, watch, tallies)
    finally:
        for server in servers:
            server.stop()
        postgres.stop()
        folder.remove()
    raise SystemExit(1 if failures else 0)


main()
