#!/usr/bin/env python3
"""Uses unmodified clients against a Placement: every command of osc-placement, and openstacksdk's proxy.

Needs python-openstackclient, osc-placement and openstacksdk; talks to the endpoint as user `admin` of noauth2.

    python clients.py http://127.0.0.1:PORT/placement
"""
import io
import json
import multiprocessing
import sys
import uuid
from contextlib import redirect_stderr, redirect_stdout

import openstack
from openstackclient import shell

ENDPOINT = sys.argv[1]
failures = []
# Each command in a process of its own, as in real life, but with the imports done.
context = multiprocessing.get_context("fork")


def command(answer, version, words):
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            code = shell.main(["--os-auth-type", "admin_token", "--os-token", "admin", "--os-endpoint", ENDPOINT,
                               "--os-placement-api-version", version, *words])
        except SystemExit as end:
            code = end.code
    answer.send((code, out.getvalue(), err.getvalue()))


def run(version, *words, fails=False):
    table = [] if fails or words[-1] == "-" else ["-f", "json"]
    words = [w for w in words if w != "-"]
    mine, theirs = context.Pipe(duplex=False)
    child = context.Process(target=command, args=(theirs, version, [*words, *table]))
    child.start()
    code, text, trouble = mine.recv()
    child.join()
    line = f"{version} {' '.join(words)}"
    if bool(code) != fails:
        failures.append(f"{line}: {code} {trouble.strip()[-300:]}")
    print(("ok   " if bool(code) == fails else "FAIL ") + line)
    return json.loads(text) if table and text.strip() else text


def expect(what, condition):
    print(("ok   " if condition else "FAIL ") + what)
    if not condition:
        failures.append(what)


def commands():
    host = run("1.0", "resource", "provider", "create", "host-a")["uuid"]
    card = run("1.39", "resource", "provider", "create", "--parent-provider", host, "card-a")["uuid"]
    spare = run("1.14", "resource", "provider", "create", "--uuid", str(uuid.uuid4()), "spare")["uuid"]
    run("1.0", "resource", "provider", "list")
    run("1.14", "resource", "provider", "list", "--in-tree", host)
    run("1.14", "resource", "provider", "show", host)
    run("1.11", "resource", "provider", "show", "--allocations", host)
    run("1.37", "resource", "provider", "set", "--name", "spare-b", "--parent-provider", host, spare)
    run("1.39", "resource", "provider", "set", "--name", "host-a", "--parent-provider", host, host, fails=True)
    run("1.2", "resource", "class", "create", "CUSTOM_CARD", "-")
    run("1.7", "resource", "class", "set", "CUSTOM_CARD", "-")
    run("1.7", "resource", "class", "set", "CARD", fails=True)
    run("1.2", "resource", "class", "list")
    run("1.2", "resource", "class", "show", "CUSTOM_CARD")
    run("1.6", "trait", "create", "CUSTOM_FAST", "-")
    expect("378 traits", len(run("1.6", "trait", "list")) == 378)
    run("1.6", "trait", "list", "--name", "startswith:CUSTOM")
    run("1.6", "trait", "list", "--associated")
    run("1.6", "trait", "show", "CUSTOM_FAST")
    run("1.0", "resource", "provider", "inventory", "set", host, "--resource", "VCPU=8",
        "--resource", "VCPU:allocation_ratio=2.0", "--resource", "MEMORY_MB=1024", "--resource", "MEMORY_MB:reserved=24")
    run("1.0", "resource", "provider", "inventory", "class", "set", host, "DISK_GB", "--total", "100", fails=True)
    run("1.39", "resource", "provider", "inventory", "set", host, "--amend", "--resource", "DISK_GB=100")
    run("1.0", "resource", "provider", "inventory", "class", "set", host, "DISK_GB", "--total", "200")
    run("1.39", "resource", "provider", "inventory", "set", card, "--resource", "CUSTOM_CARD=1")
    run("1.0", "resource", "provider", "inventory", "list", host)
    run("1.0", "resource", "provider", "inventory", "show", host, "VCPU")
    run("1.6", "resource", "provider", "trait", "set", "--trait", "CUSTOM_FAST", card)
    run("1.6", "resource", "provider", "trait", "list", card)
    aggregate = str(uuid.uuid4())
    run("1.1", "resource", "provider", "aggregate", "set", "--aggregate", aggregate, spare)
    generation = run("1.39", "resource", "provider", "show", spare)["generation"]
    run("1.39", "resource", "provider", "aggregate", "set", "--generation", str(generation),
        "--aggregate", aggregate, spare)
    run("1.39", "resource", "provider", "aggregate", "list", spare)
    run("1.3", "resource", "provider", "list", "--member-of", aggregate)
    run("1.39", "resource", "provider", "list", "--resource", "VCPU=16", "--required", "CUSTOM_FAST")
    found = run("1.39", "allocation", "candidate", "list", "--resource", "VCPU=2", "--group", "1",
                "--resource", "CUSTOM_CARD=1", "--required", "CUSTOM_FAST")
    expect("one candidate of two providers", len({entry["#"] for entry in found}) == 1 and len(found) == 2)
    run("1.10", "allocation", "candidate", "list", "--resource", "VCPU=2")
    run("1.29", "allocation", "candidate", "list", "--resource", "VCPU=2", "--limit", "1")
    consumer = str(uuid.uuid4())
    owner = ["--project-id", "p", "--user-id", "u"]
    run("1.0", "resource", "provider", "allocation", "set", consumer, "--allocation", f"rp={host},VCPU=2")
    run("1.12", "resource", "provider", "allocation", "set", consumer, "--allocation", f"rp={host},VCPU=4", *owner)
    run("1.28", "resource", "provider", "allocation", "set", consumer, "--allocation", f"rp={host},VCPU=4",
        "--allocation", f"rp={card},CUSTOM_CARD=1", *owner)
    run("1.39", "resource", "provider", "allocation", "set", consumer, "--allocation", f"rp={host},VCPU=3",
        "--allocation", f"rp={card},CUSTOM_CARD=1", "--consumer-type", "INSTANCE", *owner)
    expect("no card is left", run("1.39", "allocation", "candidate", "list", "--resource", "CUSTOM_CARD=1") == [])
    run("1.39", "resource", "provider", "allocation", "set", str(uuid.uuid4()), "--allocation",
        f"rp={card},CUSTOM_CARD=1", "--consumer-type", "INSTANCE", *owner, fails=True)
    run("1.39", "resource", "provider", "allocation", "show", consumer)
    run("1.0", "resource", "provider", "usage", "show", host)
    run("1.9", "resource", "usage", "show", "p")
    run("1.38", "resource", "usage", "show", "p", "--user-id", "u")
    run("1.39", "resource", "provider", "allocation", "unset", consumer, "--provider", host)
    run("1.39", "resource", "provider", "delete", card, fails=True)
    run("1.0", "resource", "provider", "allocation", "delete", consumer, "-")
    run("1.0", "resource", "provider", "inventory", "delete", host, "--resource-class", "DISK_GB", "-")
    run("1.5", "resource", "provider", "inventory", "delete", host, "-")
    run("1.6", "resource", "provider", "trait", "delete", card, "-")
    run("1.6", "trait", "delete", "CUSTOM_FAST", "-")
    run("1.6", "trait", "delete", "HW_CPU_X86_AVX2", fails=True)
    for provider in (card, spare, host):
        run("1.39", "resource", "provider", "delete", provider, "-")
    run("1.2", "resource", "class", "delete", "CUSTOM_CARD", "-")
    run("1.2", "resource", "class", "delete", "VCPU", fails=True)
    run("1", "resource", "provider", "list")


def proxy():
    cloud = openstack.connect(auth_type="admin_token", auth={"token": "admin", "endpoint": ENDPOINT},
                              placement_endpoint_override=ENDPOINT, placement_api_version="1",
                              placement_default_microversion="1.39")
    placement = cloud.placement
    expect("the proxy finds versions", placement.get_endpoint_data().max_microversion == (1, 39))
    provider = placement.create_resource_provider(name="sdk-host")
    placement.update_resource_provider(provider, name="sdk-host-b")
    expect("the proxy lists", [p.name for p in placement.resource_providers()] == ["sdk-host-b"])
    placement.create_resource_class(name="CUSTOM_SDK")
    expect("the proxy lists classes", "CUSTOM_SDK" in [c.name for c in placement.resource_classes()])
    inventory = placement.create_resource_provider_inventory(provider, "CUSTOM_SDK", total=4)
    expect("the proxy makes inventories", inventory.total == 4)
    provider = placement.get_resource_provider(provider.id)
    placement.update_resource_provider_inventory(
        "CUSTOM_SDK", provider, resource_provider_generation=provider.generation, total=8)
    expect("the proxy reads inventories", [i.total for i in placement.resource_provider_inventories(provider)] == [8])
    placement.create_trait("CUSTOM_SDK_TRAIT")
    expect("the proxy reads traits", placement.get_trait("CUSTOM_SDK_TRAIT").id == "CUSTOM_SDK_TRAIT")
    provider = placement.get_resource_provider(provider.id)
    placement.set_resource_provider_aggregates(provider, str(uuid.uuid4()))
    placement.delete_resource_provider_inventory("CUSTOM_SDK", provider)
    placement.delete_trait("CUSTOM_SDK_TRAIT")
    placement.delete_resource_provider(provider)
    placement.delete_resource_class("CUSTOM_SDK")
    expect("the proxy is done", list(placement.resource_providers()) == [])


commands()
proxy()
print(f"{len(failures)} failures")
for failure in failures:
    print(failure)
sys.exit(1 if failures else 0)
