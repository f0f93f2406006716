"""The life cycle of an accelerated server, with the unmodified `openstack` command, and a check that it leaves nothing behind."""
import json
import os

from stack.processes import Failure, eventually

# On the prompt host a bind completes at once, and Nova finds the request bound. On the slow host preparation takes time, and Nova waits for the
# event.
PROMPT, SLOW = "alpha", "beta"


def expect(condition, sentence):
    if not condition:
        raise Failure(sentence)


class Lifecycle:
    def __init__(self, processes, cloud, nova, kilonova, report, venv):
        self.processes = processes
        self.cloud = cloud
        self.nova = nova
        self.kilonova = kilonova
        self.report = report
        self.openstack_program = f"{venv}/bin/openstack"
        self.events_seen = 0

    # The clients.

    def openstack(self, who, *arguments, within=240):
        """Runs the `openstack` command as that user; returns its output."""
        return self.processes.run(f"openstack-{who}", [self.openstack_program, *arguments], within=within, env={
            "OS_CLIENT_CONFIG_FILE": self.cloud.clouds_file, "OS_CLOUD": who})

    def succeeds(self, who, *arguments):
        try:
            self.openstack(who, *arguments)
            return True
        except Failure:
            return False

    def openstack_json(self, who, *arguments):
        return json.loads(self.openstack(who, *arguments, "-f", "json"))

    def accelerator(self, path):
        """A GET of version 2.4, which has the endpoints for operators."""
        answer = self.cloud.admin.accelerator.get(path, headers={"OpenStack-API-Version": "accelerator 2.4"})
        expect(answer.ok, f"GET {path}: {answer.status_code} {answer.text[:300]}")
        return answer.json()

    # What the services hold.

    def requests(self, server=None):
        query = f"?instance={server}" if server else ""
        answer = self.cloud.admin.accelerator.get(f"/accelerator_requests{query}")
        expect(answer.ok, f"the list of requests: {answer.status_code} {answer.text[:300]}")
        return answer.json()["arqs"]

    def handles_in_use(self):
        return [one for one in self.accelerator("/attach_handles")["attach_handles"]
                if one["arq_uuid"] or one["state"] != "available"]

    def provider(self, host):
        return self.cloud.admin.placement.find_resource_provider(f"{host}_FakeDevice")

    def allocations(self, server):
        """The server's allocations in Placement, by provider."""
        answer = self.cloud.admin.placement.get(f"/allocations/{server}", microversion="1.28")
        expect(answer.ok, f"the allocations of {server}: {answer.status_code} {answer.text[:300]}")
        return {provider: one["resources"] for provider, one in answer.json()["allocations"].items()}

    def accelerators_claimed(self, server):
        return {provider: resources["FPGA"] for provider, resources in self.allocations(server).items() if "FPGA" in resources}

    def server(self, server):
        return self.cloud.admin.compute.get_server(server)

    # What must hold.

    def holds(self, server, host, count=1, status="ACTIVE"):
        """Checks that the server has that many accelerators, and that all services agree about them."""
        found = self.server(server)
        expect(found.status == status, f"the server is {found.status}: {found.fault}")
        expect(found.compute_host == host, f"the server is on {found.compute_host}, not on {host}")
        requests = self.requests(server)
        expect(len(requests) == count, f"{len(requests)} requests instead of {count}: {requests}")
        provider = self.provider(host)
        for one in requests:
            expect(one["state"] == "Bound", f"a request is {one['state']}")
            expect(one["hostname"] == host and one["device_rp_uuid"] == provider.id, f"a request is bound elsewhere: {one}")
            expect(one["attach_handle_type"] == "TEST_PCI" and one["attach_handle_info"], f"no handle: {one}")
            expect(one["project_id"] == found.project_id, f"the request belongs to {one['project_id']}")
        mine = {one.id for one in self.cloud.demo.accelerator.accelerator_requests()}
        expect({one["uuid"] for one in requests} <= mine, "the owner does not see the requests")
        held = [one for one in self.handles_in_use() if one["instance_uuid"] == server]
        expect(len(held) == count and {one["arq_uuid"] for one in held} == {one["uuid"] for one in requests},
               f"the attach handles in use are {held}")
        expect(self.accelerators_claimed(server).get(provider.id) == count,
               f"Placement has {self.allocations(server)}, not {count} of {provider.id}")
        bound = self.accelerator(f"/events?action=arq.bound&instance_uuid={server}")["events"]
        known = {one["arq_uuid"]: one for one in bound}
        for one in requests:
            event = known.get(one["uuid"])
            expect(event is not None, f"no event tells of {one['uuid']}: {bound}")
            expect(event["project_id"] == found.project_id, f"the event is filed under {event['project_id']}")
        return requests

    def lets_go(self, server, allocations=True):
        """Waits until nothing is held for the server any more."""
        eventually(f"the requests of {server} to go", lambda: not self.requests(server), 30)
        eventually("its attach handles to be free",
                   lambda: not [one for one in self.handles_in_use() if one["instance_uuid"] == server], 30)
        if allocations:
            eventually("its claims in Placement to go", lambda: not self.allocations(server), 30)

    def told_nova(self, requests):
        """Waits until Nova has accepted the event for each of these requests."""
        def taken():
            log = self.processes.log("nova-api")
            return all(f"accelerator-request-bound:{one['uuid']}" in log for one in requests)
        eventually("Nova to hear of the binding", taken, 30)

    # The steps.

    def prepare(self):
        step = self.report.step
        with step("the fake accelerators of both hosts are in Placement, below Nova's providers", needed=True):
            for host in (PROMPT, SLOW):
                provider = eventually(f"the provider of {host}", lambda: self.provider(host), 60)
                root = self.cloud.admin.placement.find_resource_provider(host)
                expect(provider.root_provider_id == root.id, f"{provider.name} is not below {host}")
                eventually(f"the inventory of {host}", lambda: [
                    one for one in self.cloud.admin.placement.resource_provider_inventories(provider)
                    if one.resource_class == "FPGA" and one.total == 16], 60)
        with step("devices and deployables are listed"):
            devices = self.openstack_json("admin", "accelerator", "device", "list")
            expect(sorted(one["hostname"] for one in devices) == [PROMPT, PROMPT, PROMPT, SLOW], f"devices: {devices}")
            deployables = self.openstack_json("admin", "accelerator", "deployable", "list")
            expect(len(deployables) == 4, f"deployables: {deployables}")
        with step("device profiles, flavors and an image are made", needed=True):
            for name, groups in (("one", [1]), ("two", [1, 1]), ("more", [17])):
                profile = json.dumps([{"resources:FPGA": str(count), "trait:CUSTOM_FAKE_DEVICE": "required"} for count in groups])
                self.openstack("admin", "accelerator", "device", "profile", "create", name, profile)
                self.openstack("admin", "flavor", "create", name, "--ram", "128", "--disk", "1", "--vcpus", "1",
                               "--property", f"accel:device_profile={name}")
            picture = os.path.join(self.processes.folder, "image")
            with open(picture, "wb") as file:
                file.write(bytes(65536))
            self.openstack("admin", "image", "create", "tiny", "--disk-format", "raw", "--container-format", "bare",
                           "--public", "--file", picture)

    def use(self, host):
        """Makes Nova schedule new servers to that host only."""
        compute = self.cloud.admin.compute
        for one in compute.services(binary="nova-compute"):
            (compute.enable_service if one.host == host else compute.disable_service)(one)

    def create(self, name, flavor):
        self.openstack("demo", "server", "create", "--flavor", flavor, "--image", "tiny", "--no-network", "--wait", name)
        return self.cloud.demo.compute.find_server(name, ignore_missing=False).id

    def run(self, more):
        """Runs all steps. `more` runs further steps in the same cloud, before the check that nothing is left."""
        self.prepare()
        server, requests = self.stay()
        self.move(server, requests)
        self.end(server)
        more()
        self.look_back()

    def stay(self):
        """An accelerated server on one host: it and its requests."""
        step = self.report.step
        with step("create: an accelerated server, bound at once", needed=True) as note:
            self.use(PROMPT)
            server = self.create("first", "one")
            first = self.holds(server, PROMPT)
            note(f"{first[0]['attach_handle_type']} {first[0]['attach_handle_info']} of {PROMPT}_FakeDevice")
        with step("create: Nova was told of it"):
            self.told_nova(first)
        with step("list: the server and its request, as their owner"):
            expect("first" in [one["Name"] for one in self.openstack_json("demo", "server", "list")], "the server is not listed")
            listed = self.openstack_json("demo", "accelerator", "arq", "list")
            expect([one["uuid"] for one in listed] == [first[0]["uuid"]], f"requests: {listed}")
        with step("reboot --hard: Nova reads the handles again"):
            self.openstack("demo", "server", "reboot", "--hard", "--wait", "first")
            expect(self.holds(server, PROMPT) == first, "the requests changed")
        with step("stop and start: the accelerator stays"):
            self.openstack("demo", "server", "stop", "first")
            eventually("the server to stop", lambda: self.server(server).status == "SHUTOFF")
            expect(len(self.requests(server)) == 1, "the accelerator was let go")
            self.openstack("demo", "server", "start", "first")
            eventually("the server to start", lambda: self.server(server).status == "ACTIVE")
            expect(self.holds(server, PROMPT) == first, "the requests changed")
        with step("rebuild: the same accelerator"):
            self.openstack("demo", "server", "rebuild", "--image", "tiny", "--wait", "first")
            expect(self.holds(server, PROMPT) == first, "the requests changed")
        with step("resize: refused by Nova, nothing changes"):
            expect(not self.succeeds("demo", "server", "resize", "--flavor", "two", "first"), "it was not refused")
            expect(self.holds(server, PROMPT) == first, "the requests changed")
        return server, first

    def move(self, server, first):
        """To a host that takes its time, and away from it when it is dead."""
        step = self.report.step
        with step("shelve: everything is given back"):
            self.openstack("demo", "server", "shelve", "first")
            eventually("the server to be offloaded", lambda: self.server(server).status == "SHELVED_OFFLOADED", 120)
            self.lets_go(server)
        with step("unshelve: to a host that takes its time, while Nova hears no event"):
            self.use(SLOW)
            self.openstack("demo", "server", "unshelve", "first")
            eventually("the server to run", lambda: self.server(server).status in ("ACTIVE", "ERROR"), 180)
            second = self.holds(server, SLOW)
            self.told_nova(second)
            expect(second[0]["uuid"] != first[0]["uuid"], "it is the old request")
        with step("evacuate: from a host that is dead, by an administrator; the owner stays"):
            self.use(PROMPT)
            self.nova.stop_compute(SLOW)
            self.kilonova.stop_agent(SLOW)
            self.openstack("admin", "compute", "service", "set", "--down", SLOW, "nova-compute")
            self.openstack("admin", "server", "evacuate", server)
            eventually("the server to be evacuated", lambda: self.server(server).compute_host == PROMPT
                       and self.server(server).task_state is None, 180)
            third = self.holds(server, PROMPT, status="SHUTOFF")
            expect(third[0]["uuid"] != second[0]["uuid"], "it is the old request")
            self.told_nova(third)
            self.openstack("demo", "server", "start", "first")
            eventually("the server to start", lambda: self.server(server).status == "ACTIVE")
            expect(self.holds(server, PROMPT) == third, "the requests changed")
        with step("the dead host comes back and gives up what it held"):
            self.kilonova.start_agent(SLOW)
            self.nova.start_compute(SLOW)
            # Nova refuses it until the compute has cleaned up after the evacuation.
            eventually("Nova to take the host back", lambda: self.succeeds(
                "admin", "compute", "service", "set", "--up", SLOW, "nova-compute"), 120)
            gone = self.provider(SLOW).id
            eventually("the claim on the dead host to go", lambda: gone not in self.accelerators_claimed(server), 120)
            expect({one["hostname"] for one in self.handles_in_use()} == {PROMPT}, "handles of the dead host are still in use")

    def end(self, server):
        """Two accelerators, more than there are, and the deletion of all servers."""
        step = self.report.step
        with step("create: two groups, two accelerators of the slow host"):
            self.use(SLOW)
            eventually("the slow host to serve", lambda: [
                one for one in self.cloud.admin.compute.services(binary="nova-compute") if one.host == SLOW and one.state == "up"], 60)
            other = self.create("second", "two")
            pair = self.holds(other, SLOW, count=2)
            expect(sorted(one["device_profile_group_id"] for one in pair) == [0, 1], f"groups: {pair}")
            self.told_nova(pair)
        with step("create: more than there is ends in ERROR and holds nothing"):
            self.succeeds("demo", "server", "create", "--flavor", "more", "--image", "tiny", "--no-network", "--wait", "third")
            failed = self.cloud.demo.compute.find_server("third", ignore_missing=False).id
            eventually("the refusal", lambda: self.server(failed).status == "ERROR")
            self.lets_go(failed)
            self.openstack("demo", "server", "delete", "--wait", "third")
        with step("delete: both servers, by their owner"):
            self.openstack("demo", "server", "delete", "--wait", "first", "second")
            self.lets_go(server)
            self.lets_go(other)
        with step("delete: a server whose accelerators were never told of it leaves nothing either"):
            self.use(PROMPT)
            last = self.create("fourth", "one")
            self.openstack("demo", "server", "delete", "fourth")
            self.lets_go(last)

    def look_back(self):
        """Nothing is left, and nothing went wrong unseen."""
        step = self.report.step
        with step("at the end nothing is left: requests, handles, claims, usages"):
            expect(not self.requests(), f"requests are left: {self.requests()}")
            expect(not self.handles_in_use(), f"handles are in use: {self.handles_in_use()}")
            for host in (PROMPT, SLOW):
                used = self.cloud.admin.placement.get(f"/resource_providers/{self.provider(host).id}/usages").json()["usages"]
                expect(not any(used.values()), f"{host}: {used}")
            bound = self.accelerator("/events?action=arq.bound&limit=1000")["events"]
            deleted = self.accelerator("/events?action=arq.deleted&limit=1000")["events"]
            lost = {one["arq_uuid"] for one in bound} - {one["arq_uuid"] for one in deleted}
            expect(not lost, f"bound and never deleted: {lost}")
        with step("the device profiles can be deleted, for nothing refers to them"):
            for name in ("one", "two", "more"):
                self.openstack("admin", "accelerator", "device", "profile", "delete", name)
        with step("no service wrote a traceback about accelerators"):
            for name in ("nova-api", "nova-conductor", "nova-scheduler", f"nova-compute-{PROMPT}", f"nova-compute-{SLOW}"):
                # Nova's two writers of its provider's traits get in one another's way when a service is disabled, and it tries again.
                wrong = [line for line in self.processes.log(name).splitlines() if " ERROR " in line and
                         ("cyborg" in line.lower() or "accelerator" in line.lower()) and
                         not ("Failed to update traits" in line and "generation conflict" in line)]
                expect(not wrong, f"{name}: {wrong[:5]}")
