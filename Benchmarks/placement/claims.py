#!/usr/bin/env python3
"""Measures claims by many clients at once, on the real server.

    claims.py [--kilonova .build/release/kilonova] [--seconds 10] [--clients 32]

Prints claims per second and CPU time on SQLite (each claim is durable before its response) and PostgreSQL, spread over all hosts and on one
host. All claims must succeed, because there is room for them. At the end, the use that each inventory records must equal the sum of its
allocations, and every acknowledged claim must be in the database.
"""
import argparse
import os
import sqlite3

import load
import processes
import world


def claiming(roots, resource):
    def steps(source, tally):
        while True:
            consumer = load.new_id(source)
            status, body, took = yield load.claim(consumer, roots[source.randrange(len(roots))], {resource: 1})
            tally["times"].append(took)
            if status == 204:
                tally["granted"].append(consumer)
            else:
                tally["refused"][status] = tally["refused"].get(status, 0) + 1
                tally["example"] = body[:300]

    def make(source):
        tally = {"granted": [], "refused": {}, "times": []}
        return tally, steps(source, tally)
    return make


def verify(rows, granted):
    """The number of inventories that disagree with their allocations, and of acknowledged claims that are missing."""
    wrong = rows("""SELECT COUNT(*) FROM inventories i WHERE used <> (SELECT COALESCE(SUM(a.used), 0) FROM allocations a
        WHERE a.provider = i.provider AND a.resource_class = i.resource_class)""")[0][0]
    there = {row[0] for row in rows("SELECT consumer FROM allocations")}
    lost = sum(1 for consumer in granted if consumer not in there)
    return int(wrong), lost


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kilonova", default=".build/release/kilonova")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--engines", default="sqlite,postgresql")
    arguments = parser.parse_args()
    folder = processes.Folder()
    postgres = processes.PostgreSQL(folder.path) if "postgresql" in arguments.engines else None
    failures = 0
    try:
        for engine in arguments.engines.split(","):
            cloud = world.World(1000)
            # Room for every claim.
            cloud.inventories = [
                (one, name, 1_000_000_000 if name == "DISK_GB" else total, reserved, ratio, used)
                for one, name, total, reserved, ratio, used in cloud.inventories]
            path = f"{folder.path}/claims.sqlite"
            url = f"sqlite://{path}" if engine == "sqlite" else postgres.database("claims")
            server = processes.kilonova(arguments.kilonova, folder.path, url)
            server.wait()
            server.stop()
            cloud.into_sqlite(path) if engine == "sqlite" else cloud.into_postgresql(url)
            server = processes.kilonova(arguments.kilonova, folder.path, url)
            server.wait()

            def rows(text):
                if engine == "postgresql":
                    return world.query(url, " ".join(text.split()))
                with sqlite3.connect(path) as database:
                    return database.execute(text).fetchall()

            for name, roots in (("spread over 1,000 hosts", cloud.roots), ("of one host", cloud.roots[:1])):
                before = processes.cpu(server.pid), processes.cpu(postgres.pid) if engine == "postgresql" else 0
                tallies = load.run([server.port], arguments.clients, arguments.seconds, claiming(roots, "DISK_GB"))
                after = processes.cpu(server.pid), processes.cpu(postgres.pid) if engine == "postgresql" else 0
                granted = [consumer for tally in tallies for consumer in tally["granted"]]
                refused = {}
                for tally in tallies:
                    for status, count in tally["refused"].items():
                        refused[status] = refused.get(status, 0) + count
                times = sorted(time * 1000 for tally in tallies for time in tally["times"])
                wrong, lost = verify(rows, granted)
                count = max(1, len(granted))
                print(f"{engine:10} claims {name:24} {len(granted) / arguments.seconds:7.0f} a second  "
                      f"p50 {times[len(times) // 2]:6.1f}  p99 {times[len(times) * 99 // 100]:6.1f} ms  "
                      f"CPU {(after[0] - before[0]) * 1e6 / count:5.0f} + {(after[1] - before[1]) * 1e6 / count:5.0f} µs  "
                      f"refused {refused or 'none'}; inventories that disagree {wrong}, claims lost {lost}; "
                      f"load average {os.getloadavg()[0]:.1f}", flush=True)
                if refused:
                    print(next(tally["example"] for tally in tallies if "example" in tally).decode())
                failures += wrong + lost + sum(refused.values())
            server.stop()
    finally:
        if postgres:
            postgres.stop()
        folder.remove()
    raise SystemExit(1 if failures else 0)


main()
