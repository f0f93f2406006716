"""The program's own commands on a running cloud, with the accounts of `clouds.yaml`; and the pages that tell of them."""

import json
import os
import pathlib
import re
import subprocess
import uuid

from conftest import BINARY, ROOT


def kilonova_command(cloud, *arguments, account="kilonova", check=True):
    result = subprocess.run(
        [BINARY, *map(str, arguments), *(["--os-cloud", account] if account else [])], capture_output=True, text=True,
        timeout=120, env={**os.environ, "OS_CLIENT_CONFIG_FILE": str(cloud.clouds)})
    if check:
        assert result.returncode == 0, f"{arguments}: {result.stderr}\n{cloud.log()}"
        return result.stdout
    return result


def leaves(command, path=()):
    """Every command that does something, from the program's own description of itself."""
    path = (*path, command["commandName"])
    inner = [one for one in command.get("subcommands", []) if one["commandName"] != "help"]
    if not inner:
        yield " ".join(path)
    for one in inner:
        yield from leaves(one, path)


def test_every_command_stands_in_the_operators_page():
    dump = json.loads(subprocess.run(
        [BINARY, "--experimental-dump-help"], capture_output=True, text=True, check=True).stdout)
    known = set(leaves(dump["command"]))
    assert len(known) > 25
    page = (ROOT / "docs" / "operators" / "README.md").read_text()
    told = [one.strip("`") for one in re.findall(r"`kilonova [^`]*`", page)]
    missing = {one for one in known if not any(text == one or text.startswith(one + " ") for text in told)}
    assert not missing
    # And what the page calls a command is one.
    words = {one.split()[1] for one in known}
    assert {text.split()[1] for text in told if len(text.split()) > 1} <= words


def test_every_driver_page_leads_to_the_matrix_and_the_matrix_promises_programming_where_a_tool_does_it():
    folder = ROOT / "docs" / "drivers"
    matrix = (folder / "support-matrix.md").read_text()
    pages = {one for one in folder.glob("*.md") if one.name != "support-matrix.md"}
    lost = {one.name for one in pages if "support-matrix.md" not in one.read_text() and one.name != "evidence.md"}
    assert not lost
    rows = [line.split("|") for line in matrix.splitlines() if line.startswith("| ")]
    column = rows[0].index(" Programs ")
    programming = {row[1].strip().split("]")[0].strip("[") for row in rows[1:] if row[column].strip() == "yes"}
    assert programming == {"intel_fpga", "xilinx_fpga"}


def test_hosts_drivers_and_events(kilonova):
    hosts = json.loads(kilonova_command(kilonova, "host", "list", "-f", "json"))
    assert hosts and set(hosts[0]) == {"host", "status", "state", "devices", "last_seen_at", "agent_version"}
    name = hosts[0]["host"]
    assert kilonova_command(kilonova, "host", "list", "-f", "value", "-c", "host").split() == [
        one["host"] for one in hosts]
    shown = json.loads(kilonova_command(kilonova, "host", "show", name, "-f", "json"))
    assert shown["host"] == name and "conditions" in shown
    kilonova_command(kilonova, "host", "disable", name, "--reason", "a test")
    try:
        row = json.loads(kilonova_command(kilonova, "host", "show", name, "-f", "json"))
        assert (row["status"], row["disabled_reason"]) == ("disabled", "a test")
    finally:
        kilonova_command(kilonova, "host", "enable", name)
    table = kilonova_command(kilonova, "driver", "list")
    assert table.startswith("+-") and "| fake " in table
    events = json.loads(kilonova_command(kilonova, "event", "list", "--host", name, "--limit", "5", "-f", "json"))
    assert 0 < len(events) <= 5
    limits = json.loads(kilonova_command(kilonova, "limits", "list", "-f", "json"))
    assert any(one["resource"] == "accelerator_requests" for one in limits)
    assert "keys" in kilonova_command(kilonova, "certificate", "keys")


def test_what_a_service_refuses_is_said_and_ends_with_1(kilonova):
    for account, part in (("kilonova-demo", "Access was denied"), ("nobody", "has no cloud 'nobody'; it has kilonova")):
        result = kilonova_command(kilonova, "host", "list", account=account, check=False)
        assert result.returncode == 1 and result.stdout == ""
        assert part in result.stderr, result.stderr
        assert len(result.stderr.strip().splitlines()) == 1
    gone = kilonova_command(kilonova, "handle", "show", uuid.uuid4(), check=False)
    assert gone.returncode == 1 and "There is no attach handle" in gone.stderr


def test_bind_and_unbind(kilonova):
    profile = f"verb-{uuid.uuid4().hex[:8]}"
    groups = json.dumps([{"resources:FPGA": "1", "trait:CUSTOM_FAKE_DEVICE": "required"}])
    kilonova.openstack("accelerator", "device", "profile", "create", profile, groups)
    instance = str(uuid.uuid4())
    bound = json.loads(kilonova_command(
        kilonova, "bind", profile, "--instance", instance, "-f", "json", account="kilonova-demo"))
    assert [one["state"] for one in bound] == ["Bound"] and bound[0]["instance_uuid"] == instance
    held = kilonova.json("resource", "provider", "allocation", "show", instance)
    assert held
    handles = json.loads(kilonova_command(kilonova, "handle", "list", "-f", "json"))
    assert instance in [one["instance_uuid"] for one in handles]
    assert kilonova_command(kilonova, "bindings", instance, "-f", "value", "-c", "state",
                            account="kilonova-demo") == "Bound\n"
    assert kilonova_command(kilonova, "unbind", instance, account="kilonova-demo") == (
        "1 accelerator requests given back\n")
    assert kilonova_command(kilonova, "bindings", instance, "-f", "json", account="kilonova-demo") == "[]\n"
    kilonova.openstack("accelerator", "device", "profile", "delete", profile)


def test_token_keys_are_rotated_and_tokens_hold_on(tmp_path):
    folder = pathlib.Path(tmp_path) / "keys"
    folder.mkdir(mode=0o700)
    refused = subprocess.run(
        [BINARY, "rotate-token-keys", "--folder", str(folder / "none")], capture_output=True, text=True)
    assert refused.returncode == 1 and "cannot be read" in refused.stderr
    for _ in range(2):
        done = subprocess.run([BINARY, "rotate-token-keys", "--folder", str(folder)], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    assert {one.name for one in folder.iterdir()} >= {"0", "2"}
    assert all(one.stat().st_mode & 0o077 == 0 for one in folder.iterdir())
