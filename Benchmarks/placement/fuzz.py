#!/usr/bin/env python3
"""Requests candidates from the real server with queries composed from the complete grammar, and reports the expensive ones.

    fuzz.py [--kilonova .build/release/kilonova] [--trees 10000] [--queries 2000] [--seed 1]

The cloud has aggregates and shared pools beside the trees of `world.py`. Each query must get a response; its CPU time on the server is
measured. Prints the number of responses by status, the distribution of CPU time, and the worst queries with the seeds that reproduce them:
`--seed N --queries 1` sends the query of seed N.
"""
import argparse
import http.client
import os
import random
import time

import processes
import world

CLASSES = ["VCPU", "MEMORY_MB", "DISK_GB", "FPGA", "PGPU", "VGPU"]


def amounts(source, host_classes):
    names = source.sample(CLASSES[:3] if host_classes else CLASSES, source.randint(1, 3))
    return ",".join(f"{name}:{source.choice([1, 1, 1, 2, 4, 16, 100, 5000, 10**9])}" for name in names)


def traits(source):
    one = lambda: source.choice(world.TRAITS)
    return source.choice([one, lambda: "!" + one(), lambda: f"in:{one()},{one()}", lambda: f"{one()},{one()}",
                          lambda: f"{one()},!{one()}"])()


def groups(source, aggregates):
    one = lambda: source.choice(aggregates)
    return source.choice([one, lambda: f"in:{one()},{one()},{one()}", lambda: "!" + one(),
                          lambda: f"!in:{one()},{one()}"])()


def stairs(source, parts):
    """Groups that each require a trait of a staircase. One assignment is possible, or some, or none."""
    count = source.randint(2, world.STAIRS)
    wanted = source.choice([
        list(range(world.STAIRS - count, world.STAIRS)),
        [source.randrange(world.STAIRS) for _ in range(count)],
        [max(0, number - source.randint(0, 2)) for number in range(count)],
    ])
    source.shuffle(wanted)
    suffixes = [f"_{number}" for number in range(count)]
    for suffix, number in zip(suffixes, wanted):
        parts.append(f"resources{suffix}={world.STAIR_CLASS}:1")
        parts.append(f"required{suffix}={world.STAIR_TRAITS[number]}")
    if source.random() < 0.3:
        parts.append(f"resources={world.STAIR_CLASS}:1")
    return suffixes


def compose(seed, cloud):
    source = random.Random(seed)
    anywhere = cloud.roots + [row[0] for row in cloud.providers[:200]] + list(cloud.equal.values())
    parts = []
    shape = source.random()
    if shape < 0.15:
        suffixes = stairs(source, parts)
    elif shape < 0.22:
        # Groups that all differ, over devices that are equal: as many candidates as there are orders.
        name = source.choice(["PGPU", "VGPU"])
        suffixes = [f"_{number}" for number in range(source.randint(2, 16))]
        for number, suffix in enumerate(suffixes):
            parts.append(f"resources{suffix}={name}:1")
            refused = [trait for place, trait in enumerate(world.TRAITS) if number >> place & 1]
            if refused:
                parts.append(f"required{suffix}=" + ",".join("!" + trait for trait in refused))
    elif shape < 0.42:
        # Many groups with equal or similar requirements over equal devices: the number of candidates explodes if groups are distinguished.
        count = source.randint(2, 20)
        name = source.choice(["PGPU", "VGPU", "FPGA"])
        suffixes = [f"_{number}" for number in range(count)]
        for number, suffix in enumerate(suffixes):
            parts.append(f"resources{suffix}={name}:1")
            if source.random() < 0.2:
                parts.append(f"required{suffix}={traits(source)}")
        if source.random() < 0.5:
            parts.append("resources=" + amounts(source, True))
    else:
        suffixes = [f"_{number}" for number in range(source.randint(0, 8))]
        if source.random() < 0.8 or not suffixes:
            parts.append("resources=" + amounts(source, True))
        for suffix in suffixes:
            if source.random() < 0.85:
                parts.append(f"resources{suffix}={amounts(source, source.random() < 0.4)}")
            if source.random() < 0.5:
                parts.append(f"required{suffix}={traits(source)}")
            if source.random() < 0.15:
                parts.append(f"member_of{suffix}={groups(source, cloud.aggregates)}")
            if source.random() < 0.1:
                parts.append(f"in_tree{suffix}={source.choice(anywhere)}")
    if source.random() < 0.3:
        parts.append(f"required={traits(source)}")
    if source.random() < 0.3:
        parts.append(f"member_of={groups(source, cloud.aggregates)}")
    if source.random() < 0.1:
        parts.append(f"in_tree={source.choice(anywhere)}")
    if source.random() < 0.2:
        parts.append(f"root_required={source.choice(['COMPUTE_NODE', '!COMPUTE_NODE', 'CUSTOM_RARE', '!CUSTOM_RARE'])}")
    if len(suffixes) > 1:
        parts.append(f"group_policy={source.choice(['none', 'isolate'])}")
        for _ in range(source.choice([0, 0, 1, 1, 2])):
            parts.append("same_subtree=" + ",".join(source.sample(suffixes, source.randint(1, len(suffixes)))))
    if source.random() < 0.7:
        parts.append(f"limit={source.choice([1, 10, 100, 1000])}")
    return "&".join(parts)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kilonova", default=".build/release/kilonova")
    parser.add_argument("--trees", type=int, default=10_000)
    parser.add_argument("--queries", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    folder = processes.Folder()
    server = None
    try:
        cloud = world.World(arguments.trees)
        cloud.staircases(max(2, arguments.trees // 20))
        cloud.aggregate()
        path = f"{folder.path}/fuzz.sqlite"
        server = processes.kilonova(arguments.kilonova, folder.path, f"sqlite://{path}")
        server.wait()
        server.stop()
        cloud.into_sqlite(path)
        server = processes.kilonova(arguments.kilonova, folder.path, f"sqlite://{path}")
        server.wait()
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
        statuses, costs, incomplete, gave_up = {}, [], 0, []
        for seed in range(arguments.seed, arguments.seed + arguments.queries):
            query = compose(seed, cloud)
            before = processes.cpu(server.pid)
            connection.request("GET", "/placement/allocation_candidates?" + query, headers={
                "x-auth-token": "admin", "openstack-api-version": "placement 1.39"})
            answer = connection.getresponse()
            size = len(answer.read())
            spent = (processes.cpu(server.pid) - before) * 1000
            statuses[answer.status] = statuses.get(answer.status, 0) + 1
            incomplete += answer.getheader("warning") is not None
            costs.append((spent, seed, answer.status, size, query))
            if answer.status == 503:
                gave_up.append((seed, query))
        costs.sort(reverse=True)
        print(f"{arguments.trees} trees, seeds {arguments.seed} to {arguments.seed + arguments.queries - 1}, load average "
              f"{os.getloadavg()[0]:.1f}: responses {statuses}, {incomplete} of them incomplete; peak "
              f"{processes.peak(server.pid):.1f} MB")
        count = len(costs)
        print("CPU: " + "  ".join(f"{name} {costs[min(count - 1, int(count * (1 - part)))][0]:.2f} ms" for name, part in (
            ("p50", .5), ("p95", .95), ("p99", .99))) + f"  worst {costs[0][0]:.2f} ms; "
            f"{sum(1 for cost in costs if cost[0] > 50)} above 50 ms")
        for seed, query in gave_up:
            print(f"  gave up without a candidate: seed {seed}  {query}")
        for spent, seed, status, size, query in costs[:8]:
            print(f"  {spent:7.2f} ms  seed {seed}  {status}  {size} B  {query}")
    finally:
        if server:
            server.stop()
        folder.remove()


main()
