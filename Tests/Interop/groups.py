"""A server with a device group: one request for Kilonova, every member for Nova."""
import json

from lifecycle import PROMPT, expect
from stack.host import ADDRESSES, was_reset
from stack.processes import eventually

CLASS = "CUSTOM_PCI_GROUP_PAIR"


def run(lifecycle, host_folder):
    """`lifecycle` has created image and accounts; `host_folder` is the tree that the prompt host's agent reads."""
    step = lifecycle.report.step
    name = f"{PROMPT}_PCI_GROUP_pair"
    with step("group: two functions are one provider with an inventory of one"):
        found = eventually("the group's provider", lambda: lifecycle.cloud.admin.placement.find_resource_provider(name), 60)
        inventory = eventually("its inventory", lambda: [
            (one.resource_class, one.total, one.reserved)
            for one in lifecycle.cloud.admin.placement.resource_provider_inventories(found)], 60)
        expect(inventory == [(CLASS, 1, 0)], f"the inventory is {inventory}")
    with step("group: a server gets it whole, and Nova is given every member") as note:
        profile = json.dumps([{f"resources:{CLASS}": "1"}])
        lifecycle.openstack("admin", "accelerator", "device", "profile", "create", "pair", profile)
        lifecycle.openstack("admin", "flavor", "create", "pair", "--ram", "128", "--disk", "1", "--vcpus", "1",
                            "--property", "accel:device_profile=pair")
        lifecycle.use(PROMPT)
        server = lifecycle.create("grouped", "pair")
        expect(lifecycle.server(server).status == "ACTIVE", f"the server: {lifecycle.server(server).fault}")
        shown = lifecycle.requests(server)
        places = [one["attach_handle_info"] for one in shown]
        addresses = [f"{one['domain']}:{one['bus']}:{one['device']}.{one['function']}" for one in places]
        expect(addresses == list(ADDRESSES), f"the members shown are {addresses}")
        owned = lifecycle.openstack_json("demo", "accelerator", "arq", "list")
        expect([one["uuid"] for one in owned] == [shown[0]["uuid"]], f"their owner sees {owned}")
        taken = [line for line in lifecycle.processes.log(f"nova-compute-{PROMPT}").splitlines() if "ARQs for spec" in line]
        expect(any(all(one["uuid"] in line for one in shown) for line in taken), f"Nova took {taken}")
        claimed = lifecycle.allocations(server).get(found.id)
        expect(claimed == {CLASS: 1}, f"Placement has {claimed}")
        note(f"{', '.join(addresses)} under {', '.join(one['uuid'] for one in shown)}")
    with step("group: reboot --hard reads all members again"):
        lifecycle.openstack("demo", "server", "reboot", "--hard", "--wait", "grouped")
        expect(lifecycle.requests(server) == shown, "the members changed")
    with step("group: while it is held no other server gets one"):
        lifecycle.succeeds("demo", "server", "create", "--flavor", "pair", "--image", "tiny", "--no-network", "--wait", "late")
        failed = lifecycle.cloud.demo.compute.find_server("late", ignore_missing=False).id
        eventually("the refusal", lambda: lifecycle.server(failed).status == "ERROR")
        lifecycle.openstack("demo", "server", "delete", "--wait", "late")
    with step("group: after the server every member was reset, and it is free"):
        lifecycle.openstack("demo", "server", "delete", "--wait", "grouped")
        lifecycle.lets_go(server)
        for address in ADDRESSES:
            expect(was_reset(host_folder, address), f"{address} was not reset")
        lifecycle.openstack("admin", "accelerator", "device", "profile", "delete", "pair")
