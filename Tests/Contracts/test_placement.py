"""Placement through its own clients, unmodified: every command of osc-placement at every version it knows, and all that
openstacksdk's proxy can do."""

import contextlib
import importlib.metadata
import inspect
import io
import json
import multiprocessing
import os
import uuid
import warnings

import openstack
import pytest
from conftest import Kilonova
from openstackclient import shell
from osc_placement import version

# Commands run in a process of their own, as in real life, but with the imports done.
PROCESSES = multiprocessing.get_context("fork")
OWNER = ["--project-id", "p", "--user-id", "u"]


def new_id():
    return str(uuid.uuid4())


@pytest.fixture(scope="module")
def server(tmp_path_factory, kilonova):
    """A Placement in which nobody else is."""
    server = Kilonova(tmp_path_factory.mktemp("placement"), "--no-agent", "--auth", "noauth2").start()
    before = os.environ["OS_CLIENT_CONFIG_FILE"]
    os.environ["OS_CLIENT_CONFIG_FILE"] = str(server.clouds)
    yield server
    os.environ["OS_CLIENT_CONFIG_FILE"] = before
    assert server.stop() == 0, server.log()


def once(number, words):
    """One command in this process: its status, its answer, and what it complained of."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = shell.main(["--os-cloud", "kilonova", "--os-placement-api-version", number, *words])
        except SystemExit as end:
            code = end.code
    return code, out.getvalue(), err.getvalue()


def apart(work, *arguments):
    """Runs `work` in another process and answers what it returns; an assertion that fails there fails here."""

    def run(pipe):
        try:
            pipe.send((True, work(*arguments)))
        except BaseException as trouble:  # noqa: B902: whatever it is, it must come over
            pipe.send((False, f"{type(trouble).__name__}: {trouble}"))

    mine, theirs = PROCESSES.Pipe(duplex=False)
    child = PROCESSES.Process(target=run, args=(theirs,))
    child.start()
    succeeded, result = mine.recv()
    child.join()
    assert succeeded, result
    return result


class Commands:
    """Runs commands and remembers which. The client keeps its version, so another one needs another process."""

    def __init__(self, within=apart):
        self.used = set()
        self.within = within

    def run(self, number, *words, fails=False):
        quiet = fails or words[-1] == "-"
        words = [word for word in words if word != "-"]
        code, text, trouble = self.within(once, number, [*words, *([] if quiet else ["-f", "json"])])
        assert bool(code) == fails, f"{number} {' '.join(words)}: {code} {trouble.strip()[-400:]}"
        names = ["_".join(words[:count]) for count in range(1, len(words) + 1)]
        self.used.add(max((name for name in names if name in KNOWN), key=len))
        return trouble if fails else text if quiet or not text.strip() else json.loads(text)


KNOWN = {entry.name for entry in importlib.metadata.entry_points(group="openstack.placement.v1")}


def vocabulary(run):
    """Providers, classes and traits; the ids of the providers."""
    host = run("1.0", "resource", "provider", "create", "host-a")["uuid"]
    card = run("1.39", "resource", "provider", "create", "--parent-provider", host, "card-a")["uuid"]
    spare = run("1.14", "resource", "provider", "create", "--uuid", new_id(), "spare")["uuid"]
    assert [row["name"] for row in run("1.0", "resource", "provider", "list")] == ["host-a", "card-a", "spare"]
    assert len(run("1.14", "resource", "provider", "list", "--in-tree", host)) == 2
    assert run("1.14", "resource", "provider", "show", card)["parent_provider_uuid"] == host
    assert run("1.11", "resource", "provider", "show", "--allocations", host)["allocations"] == {}
    run("1.37", "resource", "provider", "set", "--name", "spare-b", "--parent-provider", host, spare)
    run("1.39", "resource", "provider", "set", "--name", "host-a", "--parent-provider", host, host, fails=True)
    run("1.2", "resource", "class", "create", "CUSTOM_CARD", "-")
    run("1.7", "resource", "class", "set", "CUSTOM_CARD", "-")
    run("1.7", "resource", "class", "set", "CARD", fails=True)
    assert "CUSTOM_CARD" in [row["name"] for row in run("1.2", "resource", "class", "list")]
    assert run("1.2", "resource", "class", "show", "CUSTOM_CARD")["name"] == "CUSTOM_CARD"
    run("1.6", "trait", "create", "CUSTOM_FAST", "-")
    assert len(run("1.6", "trait", "list")) == 378
    assert [row["name"] for row in run("1.6", "trait", "list", "--name", "startswith:CUSTOM")] == ["CUSTOM_FAST"]
    assert run("1.6", "trait", "list", "--associated") == []
    assert run("1.6", "trait", "show", "CUSTOM_FAST")["name"] == "CUSTOM_FAST"
    return host, card, spare


def contents(run, host, card, spare):
    """Inventories, traits and aggregates of providers, and the candidates that come of them."""
    run("1.0", "resource", "provider", "inventory", "set", host, "--resource", "VCPU=8",
        "--resource", "VCPU:allocation_ratio=2.0", "--resource", "MEMORY_MB=1024", "--resource", "MEMORY_MB:reserved=24")
    run("1.0", "resource", "provider", "inventory", "class", "set", host, "DISK_GB", "--total", "100", fails=True)
    run("1.39", "resource", "provider", "inventory", "set", host, "--amend", "--resource", "DISK_GB=100")
    assert run("1.0", "resource", "provider", "inventory", "class", "set", host, "DISK_GB", "--total", "200")[
        "total"] == 200
    run("1.39", "resource", "provider", "inventory", "set", card, "--resource", "CUSTOM_CARD=1")
    assert {row["resource_class"] for row in run("1.0", "resource", "provider", "inventory", "list", host)} == {
        "VCPU", "MEMORY_MB", "DISK_GB"}
    assert run("1.0", "resource", "provider", "inventory", "show", host, "VCPU")["allocation_ratio"] == 2.0
    run("1.6", "resource", "provider", "trait", "set", "--trait", "CUSTOM_FAST", card)
    assert [row["name"] for row in run("1.6", "resource", "provider", "trait", "list", card)] == ["CUSTOM_FAST"]
    aggregate = new_id()
    run("1.1", "resource", "provider", "aggregate", "set", "--aggregate", aggregate, spare)
    generation = run("1.39", "resource", "provider", "show", spare)["generation"]
    run("1.39", "resource", "provider", "aggregate", "set", "--generation", str(generation), "--aggregate", aggregate,
        spare)
    run("1.39", "resource", "provider", "aggregate", "set", "--generation", str(generation), spare, fails=True)
    assert [row["uuid"] for row in run("1.39", "resource", "provider", "aggregate", "list", spare)] == [aggregate]
    assert [row["uuid"] for row in run("1.3", "resource", "provider", "list", "--member-of", aggregate)] == [spare]
    assert run("1.39", "resource", "provider", "list", "--resource", "VCPU=16", "--required", "CUSTOM_FAST") == []
    found = run("1.39", "allocation", "candidate", "list", "--resource", "VCPU=2", "--group", "1",
                "--resource", "CUSTOM_CARD=1", "--required", "CUSTOM_FAST")
    assert len({row["#"] for row in found}) == 1 and {row["resource provider"] for row in found} == {host, card}
    assert len(run("1.10", "allocation", "candidate", "list", "--resource", "VCPU=2")) == 1
    assert len(run("1.29", "allocation", "candidate", "list", "--resource", "VCPU=2", "--limit", "1")) == 1
    assert run("1.39", "allocation", "candidate", "list", "--resource", "VCPU=2", "--forbidden", "CUSTOM_FAST")
    assert run("1.39", "allocation", "candidate", "list", "--resource", "VCPU=2", "--member-of", aggregate) == []


def allocations(run, host, card):
    """What one consumer holds, and what that keeps others from; the consumer."""
    consumer = new_id()
    allocation = ["resource", "provider", "allocation"]
    run("1.0", *allocation, "set", consumer, "--allocation", f"rp={host},VCPU=2")
    run("1.12", *allocation, "set", consumer, "--allocation", f"rp={host},VCPU=4", *OWNER)
    run("1.28", *allocation, "set", consumer, "--allocation", f"rp={host},VCPU=4",
        "--allocation", f"rp={card},CUSTOM_CARD=1", *OWNER)
    run("1.39", *allocation, "set", consumer, "--allocation", f"rp={host},VCPU=3",
        "--allocation", f"rp={card},CUSTOM_CARD=1", "--consumer-type", "INSTANCE", *OWNER)
    assert run("1.39", "allocation", "candidate", "list", "--resource", "CUSTOM_CARD=1") == []
    refused = run("1.39", *allocation, "set", new_id(), "--allocation", f"rp={card},CUSTOM_CARD=1",
                  "--consumer-type", "INSTANCE", *OWNER, fails=True)
    assert "CUSTOM_CARD" in refused and "409" in refused
    shown = {row["resource_provider"]: row for row in run("1.39", *allocation, "show", consumer)}
    assert shown[host]["resources"] == {"VCPU": 3} and shown[host]["consumer_type"] == "INSTANCE"
    assert {row["resource_class"]: row["usage"] for row in run("1.0", "resource", "provider", "usage", "show", host)}[
        "VCPU"] == 3
    assert {row["resource_class"]: row["usage"] for row in run("1.9", "resource", "usage", "show", "p")} == {
        "VCPU": 3, "CUSTOM_CARD": 1}
    run("1.37", "resource", "usage", "show", "p", "--user-id", "u")
    run("1.39", *allocation, "unset", consumer, "--provider", host)
    assert "409" in run("1.39", "resource", "provider", "delete", card, fails=True)
    return consumer


def every_command():
    commands = Commands()
    run = commands.run
    host, card, spare = vocabulary(run)
    contents(run, host, card, spare)
    consumer = allocations(run, host, card)
    run("1.0", "resource", "provider", "allocation", "delete", consumer, "-")
    run("1.0", "resource", "provider", "inventory", "delete", host, "--resource-class", "DISK_GB", "-")
    run("1.5", "resource", "provider", "inventory", "delete", host, "-")
    run("1.6", "resource", "provider", "trait", "delete", card, "-")
    run("1.6", "trait", "delete", "CUSTOM_FAST", "-")
    assert "400" in run("1.6", "trait", "delete", "HW_CPU_X86_AVX2", fails=True)
    for provider in (card, spare, host):
        run("1.39", "resource", "provider", "delete", provider, "-")
    run("1.2", "resource", "class", "delete", "CUSTOM_CARD", "-")
    assert "400" in run("1.2", "resource", "class", "delete", "VCPU", fails=True)
    assert run("1", "resource", "provider", "list") == []
    return commands.used


def main_commands(minor):
    """A host's life in the words of one version."""
    run = Commands(lambda work, *arguments: work(*arguments)).run
    number = f"1.{minor}"
    name = f"v{minor}-{uuid.uuid4().hex[:6]}"
    host = run(number, "resource", "provider", "create", name)["uuid"]
    run(number, "resource", "provider", "inventory", "set", host, "--resource", "VCPU=8", "--resource", "DISK_GB=10")
    if minor >= 1:
        generation = str(run(number, "resource", "provider", "show", host)["generation"])
        fenced = ["--generation", generation] if minor >= 19 else []
        run(number, "resource", "provider", "aggregate", "set", *fenced, "--aggregate", host, host)
    if minor >= 2:
        run(number, "resource", "class", "create", f"CUSTOM_V{minor}", "-")
        run(number, "resource", "class", "delete", f"CUSTOM_V{minor}", "-")
    if minor >= 6:
        run(number, "resource", "provider", "trait", "set", "--trait", "HW_CPU_X86_AVX2", host)
    filters = ["--name", name]
    filters += ["--member-of", host] if minor >= 3 else []
    filters += ["--resource", "VCPU=8"] if minor >= 4 else []
    filters += ["--in-tree", host] if minor >= 14 else []
    filters += ["--required", "HW_CPU_X86_AVX2"] if minor >= 18 else []
    filters += ["--forbidden", "HW_CPU_X86_SSE"] if minor >= 22 else []
    assert [row["uuid"] for row in run(number, "resource", "provider", "list", *filters)] == [host]
    consumer = new_id()
    owner = OWNER if minor >= 8 else []
    owner = [*owner, "--consumer-type", "INSTANCE"] if minor >= 38 else owner
    allocation = ["resource", "provider", "allocation"]
    if minor >= 10:
        wanted = ["--resource", "VCPU=3", "--resource", "DISK_GB=1"]
        wanted += ["--limit", "5"] if minor >= 16 else []
        wanted += ["--required", "HW_CPU_X86_AVX2"] if minor >= 17 else []
        wanted += ["--member-of", host] if minor >= 21 else []
        rows = run(number, "allocation", "candidate", "list", *wanted)
        assert [row["resource provider"] for row in rows] == [host]
    run(number, *allocation, "set", consumer, "--allocation", f"rp={host},VCPU=3", *owner)
    # A second time: from 1.28 the command reads the consumer's generation first.
    run(number, *allocation, "set", consumer, "--allocation", f"rp={host},VCPU=2,DISK_GB=1", *owner)
    shown = run(number, *allocation, "show", consumer)
    assert [row["resources"] for row in shown] == [{"VCPU": 2, "DISK_GB": 1}]
    assert ("project_id" in shown[0]) == (minor >= 12) and ("consumer_type" in shown[0]) == (minor >= 38)
    assert {row["resource_class"]: row["usage"] for row in run(number, "resource", "provider", "usage", "show", host)} == {
        "VCPU": 2, "DISK_GB": 1}
    if minor >= 12:
        run(number, *allocation, "unset", consumer, "--resource-class", "DISK_GB")
    run(number, *allocation, "delete", consumer, "-")
    run(number, "resource", "provider", "set", "--name", name + "-b", host)
    run(number, "resource", "provider", "delete", host, "-")


def test_every_command(server):
    assert every_command() == KNOWN


@pytest.mark.parametrize("minor", [
    int(known.partition(".")[2]) for known in version.SUPPORTED_MICROVERSIONS if "." in known])
def test_the_main_commands_at_every_version(server, minor):
    apart(main_commands, minor)


class Recorded:
    """A proxy that remembers what was called."""

    def __init__(self, proxy):
        self.proxy, self.used = proxy, set()

    def __getattr__(self, name):
        self.used.add(name)
        return getattr(self.proxy, name)


def allocate(placement, wanted, card):
    """What two consumers hold, one after the other; nothing is left."""
    consumer, other = new_id(), new_id()
    owner = {"project_id": "sdk-p", "user_id": "sdk-u", "consumer_type": "INSTANCE"}
    placement.update_allocation(consumer, allocations=wanted, consumer_generation=None, **owner)
    held = placement.get_allocation(consumer)
    assert held.allocations[card.id]["resources"] == {"CUSTOM_SDK": 1} and held.consumer_generation == 1
    placement.create_allocations({
        consumer: {"allocations": {}, "consumer_generation": 1, **owner},
        other: {"allocations": wanted, "consumer_generation": None, **owner}})
    assert [one.id or other for one in placement.resource_provider_allocations(card)]
    assert placement.fetch_resource_provider_usages(card).usages == {"CUSTOM_SDK": 1}
    assert list(placement.usages("sdk-p"))
    placement.delete_allocation(other)
    placement.delete_allocation(other)
    with pytest.raises(openstack.exceptions.NotFoundException):
        placement.delete_allocation(other, ignore_missing=False)


def test_openstacksdk(server):
    """All methods of the proxy, at the versions it chooses itself."""
    warnings.simplefilter("ignore")
    placement = Recorded(openstack.connect(cloud="kilonova").placement)
    assert placement.proxy.get_endpoint_data().max_microversion == (1, 39)

    host = placement.create_resource_provider(name="sdk-host")
    host = placement.update_resource_provider(host, name="sdk-host-b")
    card = placement.create_resource_provider(name="sdk-card", parent_provider_id=host.id)
    assert {provider.name for provider in placement.resource_providers()} == {"sdk-host-b", "sdk-card"}
    assert placement.find_resource_provider("sdk-card").parent_provider_id == host.id
    assert [provider.id for provider in placement.resource_providers(name="sdk-card")] == [card.id]

    made = placement.create_resource_class(name="CUSTOM_SDK")
    assert placement.get_resource_class(made).name == "CUSTOM_SDK"
    # At 1.2, which it chooses, this is another name.
    placement.update_resource_class("CUSTOM_SDK", name="CUSTOM_SDK_B")
    placement.update_resource_class("CUSTOM_SDK_B", name="CUSTOM_SDK")
    assert "CUSTOM_SDK" in [kind.name for kind in placement.resource_classes()]

    assert placement.create_resource_provider_inventory(card, "CUSTOM_SDK", total=4).total == 4
    fresh = placement.get_resource_provider(card.id)
    placement.update_resource_provider_inventory(
        "CUSTOM_SDK", card, resource_provider_generation=fresh.generation, total=8)
    assert placement.get_resource_provider_inventory("CUSTOM_SDK", card).total == 8
    assert [one.total for one in placement.resource_provider_inventories(card)] == [8]
    generation = placement.get_resource_provider(host.id).generation
    filled = placement.set_resource_provider_inventories(
        host, {"VCPU": {"total": 4}, "DISK_GB": {"total": 10}}, generation)
    assert filled.generation == generation + 1
    with pytest.raises(openstack.exceptions.ConflictException):
        placement.set_resource_provider_inventories(host, {}, generation)

    placement.create_trait("CUSTOM_SDK_TRAIT")
    assert placement.get_trait("CUSTOM_SDK_TRAIT").id == "CUSTOM_SDK_TRAIT"
    assert len(list(placement.traits())) == 378
    current = placement.get_resource_provider(card.id).generation
    placement.set_resource_provider_trait(
        placement.get_resource_provider_trait(card), traits=["CUSTOM_SDK_TRAIT"],
        resource_provider_generation=current)
    assert placement.get_resource_provider_trait(card).traits == ["CUSTOM_SDK_TRAIT"]

    aggregate = new_id()
    placement.set_resource_provider_aggregates(placement.get_resource_provider(host.id), aggregate)
    assert placement.fetch_resource_provider_aggregates(host).aggregates == [aggregate]
    assert placement.get_resource_provider_aggregates(host).aggregates == [aggregate]

    found = list(placement.allocation_candidates(
        resources="VCPU:2", resources1="CUSTOM_SDK:1", required1="CUSTOM_SDK_TRAIT"))
    assert len(found) == 1 and set(found[0].allocations) == {host.id, card.id}
    assert found[0].mappings == {"": [host.id], "1": [card.id]}
    assert found[0].provider_summaries[card.id]["traits"] == ["CUSTOM_SDK_TRAIT"]

    allocate(placement, found[0].allocations, card)

    placement.delete_resource_provider_trait(card)
    placement.delete_trait("CUSTOM_SDK_TRAIT")
    placement.delete_resource_provider_inventory("CUSTOM_SDK", card)
    placement.delete_resource_provider_inventories(host)
    placement.delete_resource_provider(card)
    placement.delete_resource_provider(host)
    placement.delete_resource_class("CUSTOM_SDK")
    assert list(placement.resource_providers()) == []

    own = {name for name, member in vars(type(placement.proxy)).items()
           if inspect.isfunction(member) and not name.startswith("_") and not name.startswith("wait_for")}
    assert own - placement.used == set()
