#!/usr/bin/env python3
"""Compares Kilonova's Placement with the original on the same clouds in the same run.

    compare.py --kilonova .build/release/kilonova --original VENV [--trees 100,1000,10000]

VENV is a virtual environment with openstack-placement, gunicorn and psycopg2. The original runs behind gunicorn with two workers over
PostgreSQL; Kilonova's real server runs over SQLite and over the same PostgreSQL server. Both use noauth2. CPU is the time of the server's and
of the database's processes, per request; for SQLite it is the server's alone. A case ends after a number of requests or of seconds; on the
original also when one request takes longer than the timeout.
"""
import argparse
import http.client
import json
import os
import time
import uuid

import processes
import world

FLAVOR = "resources=VCPU:4,MEMORY_MB:8192,DISK_GB:40"
GRANULAR = (FLAVOR + "&resources_A=FPGA:1&required_A=CUSTOM_CARD_A&resources_B=FPGA:1&required_B=CUSTOM_CARD_B"
            "&required_N=HW_NUMA_ROOT&same_subtree=_A,_B,_N&group_policy=isolate")


def equal(count):
    return "group_policy=isolate&" + "&".join(f"resources_{number}={world.EQUAL[count]}:1" for number in range(count))


class Target:
    def __init__(self, server, database=None, time_out=600):
        self.server, self.database, self.time_out = server, database, time_out
        self.connection = None

    def send(self, method, path, body=None):
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=self.time_out)
        headers = {"x-auth-token": "admin", "openstack-api-version": "placement 1.39"}
        if body is not None:
            headers["content-type"] = "application/json"
            body = json.dumps(body)
        try:
            self.connection.request(method, self.server.prefix + path, body, headers)
            answer = self.connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = None
            raise
        if answer.status >= 300:
            raise RuntimeError(f"{self.server.name}: {method} {path[:80]}: {answer.status} {content[:300]}")
        return content

    def cpu(self):
        return processes.cpu(self.server.pid), processes.cpu(self.database) if self.database else 0.0


def percentile(times, part):
    return times[min(len(times) - 1, int(len(times) * part))]


def measure(target, action, most, seconds):
    """Figures of one case, or None if a request took longer than the target's timeout."""
    processes.forget_peak(target.server.pid)
    try:
        begin = time.perf_counter()
        size = len(action(0) or b"")
        if time.perf_counter() - begin < 1:
            for number in range(1, 10):
                action(-number)
    except TimeoutError:
        return None
    times = []
    before = target.cpu()
    begin = time.perf_counter()
    while len(times) < most and (not times or time.perf_counter() - begin < seconds):
        start = time.perf_counter()
        action(len(times) + 1)
        times.append((time.perf_counter() - start) * 1000)
    after = target.cpu()
    count = len(times)
    times.sort()
    return {"p50": percentile(times, .5), "p95": percentile(times, .95), "p99": percentile(times, .99), "requests": count,
            "server": (after[0] - before[0]) * 1000 / count, "database": (after[1] - before[1]) * 1000 / count,
            "peak": processes.peak(target.server.pid), "bytes": size}


def cases(target, cloud):
    def get(path):
        return lambda _: target.send("GET", path)

    def candidates(query):
        return get("/allocation_candidates?" + query)

    def claim(spread):
        def action(number):
            root = cloud.roots[number % len(cloud.roots)] if spread else cloud.roots[0]
            target.send("PUT", f"/allocations/{uuid.uuid4()}", {
                "allocations": {root: {"resources": {"DISK_GB": 1}}}, "project_id": "p", "user_id": "u",
                "consumer_generation": None, "consumer_type": "INSTANCE"})
        return action

    for name, query in (("simple", FLAVOR), ("granular", GRANULAR)):
        yield name + ", whole", candidates(query)
        yield name + ", limit 1000", candidates(query + "&limit=1000")
        yield name + ", limit 10", candidates(query + "&limit=10")
    yield "rare trait", candidates(FLAVOR + "&required=CUSTOM_RARE")
    yield "8 groups over 8 devices", candidates(equal(8))
    yield "16 groups over 16 devices", candidates(equal(16))
    yield "PUT allocations, spread", claim(True)
    yield "PUT allocations, hot", claim(False)
    yield "provider list", get("/resource_providers")


def line(server, name, figures):
    if figures is None:
        return f"{server:20} {name:26} not finished"
    return (f"{server:20} {name:26} p50 {figures['p50']:9.2f}  p95 {figures['p95']:9.2f}  p99 {figures['p99']:9.2f} ms  "
            f"CPU {figures['server']:9.3f} + {figures['database']:8.3f} ms  peak {figures['peak']:7.1f} MB  "
            f"{figures['requests']:4} requests of {figures['bytes']:9} B")


def run(trees, arguments, postgres, folder):
    cloud = world.World(trees)
    print(f"\n== {trees} trees, {len(cloud.providers)} providers; load average {os.getloadavg()[0]:.1f}", flush=True)
    results = {}

    def examine(target, most, seconds, skip, restart=None):
        for name, action in cases(target, cloud):
            if any(part and part in name for part in skip):
                continue
            figures = measure(target, action, most, seconds)
            results.setdefault(name, {})[target.server.name] = figures
            print(line(target.server.name, name, figures), flush=True)
            if figures is None and restart:
                restart(target)

    for engine in ("sqlite", "postgresql"):
        if engine not in arguments.engines:
            continue
        name = f"kilonova/{engine}"
        path = f"{folder}/{trees}.sqlite"
        url = f"sqlite://{path}" if engine == "sqlite" else postgres.database(f"kilonova{trees}")
        server = processes.kilonova(arguments.kilonova, folder, url, f"kilonova-{engine}")
        server.wait()
        server.stop()
        cloud.into_sqlite(path) if engine == "sqlite" else cloud.into_postgresql(url)
        server = processes.kilonova(arguments.kilonova, folder, url, f"kilonova-{engine}")
        server.name = name
        spent = server.wait()
        target = Target(server, postgres.pid if engine == "postgresql" else None)
        begin = time.perf_counter()
        target.send("GET", "/allocation_candidates?resources=VCPU:1&limit=1")
        print(f"{name}: responds after {spent:.2f} s, first candidates {time.perf_counter() - begin:.2f} s later, "
              f"{processes.resident(server.pid):.1f} MB resident, {processes.cpu(server.pid):.2f} s CPU", flush=True)
        examine(target, arguments.rounds, arguments.seconds, arguments.skip.split(","))
        print(f"{name}: {processes.resident(server.pid):.1f} MB resident at the end", flush=True)
        server.stop()

    if arguments.original:
        url = postgres.database(f"original{trees}")
        settings = (arguments.original, folder, url.replace("postgresql://", "postgresql+psycopg2://"))
        server = processes.original(*settings)
        server.wait()
        cloud.into_original(url)
        server.stop()
        server = processes.original(*settings)
        server.wait()
        target = Target(server, postgres.pid, arguments.time_out)

        def restart(target):
            target.server.stop()
            target.server = processes.original(*settings)
            target.server.wait()

        examine(target, arguments.original_rounds, arguments.original_seconds,
                arguments.skip.split(",") + arguments.original_skip.split(","), restart)
        target.server.stop()

    print(f"\n{'CPU of server and database, ms a request':42} {'original':>10} " + "".join(
        f"{'kilonova/' + engine:>20} {'times':>8}" for engine in arguments.engines))
    for name, found in results.items():
        theirs = found.get("original")
        text = f"{theirs['server'] + theirs['database']:10.2f}" if theirs else "         –"
        for engine in arguments.engines:
            ours = found.get(f"kilonova/{engine}")
            if not ours:
                continue
            cost = ours["server"] + ours["database"]
            text += f" {cost:20.3f} " + (f"{(theirs['server'] + theirs['database']) / cost:8.0f}" if theirs else " " * 8)
        print(f"{str(trees) + ' trees, ' + name:42} {text}")
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kilonova", default=".build/release/kilonova")
    parser.add_argument("--original", help="the original's virtual environment; without it, the original is left out")
    parser.add_argument("--trees", default="100,1000,10000")
    parser.add_argument("--engines", default="sqlite,postgresql")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--original-rounds", type=int, default=10)
    parser.add_argument("--original-seconds", type=float, default=20)
    parser.add_argument("--time-out", type=float, default=60, help="timeout of a request to the original in seconds")
    parser.add_argument("--skip", default="", help="cases to skip, by parts of their names")
    parser.add_argument("--original-skip", default="", help="the same, for the original alone")
    parser.add_argument("--json", help="a file for all figures")
    arguments = parser.parse_args()
    arguments.engines = [one for one in arguments.engines.split(",") if one]
    folder = processes.Folder()
    needs_postgres = arguments.original or "postgresql" in arguments.engines
    postgres = processes.PostgreSQL(folder.path) if needs_postgres else None
    everything = {}
    try:
        for trees in arguments.trees.split(","):
            everything[trees] = run(int(trees), arguments, postgres, folder.path)
    finally:
        if postgres:
            postgres.stop()
        folder.remove()
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump(everything, file, indent=1)


main()
