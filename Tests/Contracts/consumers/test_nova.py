"""Nova's own report client, unmodified, with its own request objects: all that nova-compute, nova-scheduler and the API ask of
Placement."""

import copy
import os
import threading
import uuid

os.environ["OS_NOVA_DISABLE_EVENTLET_PATCHING"] = "1"

import nova.conf
import pytest
from nova import context as nova_context
from nova import exception, objects
from nova.scheduler import utils
from nova.scheduler.client import report

VCPU = {"total": 8, "reserved": 0, "min_unit": 1, "max_unit": 8, "step_size": 1, "allocation_ratio": 4.0}
MEMORY = {"total": 8192, "reserved": 512, "min_unit": 1, "max_unit": 8192, "step_size": 1, "allocation_ratio": 1.0}
DISK = {"total": 100, "reserved": 0, "min_unit": 1, "max_unit": 100, "step_size": 1, "allocation_ratio": 1.0}


def stock(total, **others):
    return {"total": total, "reserved": 0, "min_unit": 1, "max_unit": total, "step_size": 1, "allocation_ratio": 1.0,
            **others}


def new_id():
    return str(uuid.uuid4())


@pytest.fixture(scope="session", autouse=True)
def configuration(kilonova, service_section, tmp_path_factory):
    path = tmp_path_factory.mktemp("nova") / "nova.conf"
    path.write_text(f"[placement]\n{service_section}\n")
    nova.conf.CONF([], project="nova", default_config_files=[str(path)])
    objects.register_all()


@pytest.fixture
def ctx():
    return nova_context.get_admin_context()


@pytest.fixture
def client():
    return report.SchedulerReportClient()


class Host:
    """A compute node's provider tree, as its driver makes it."""

    def __init__(self, client, ctx, **inventories):
        self.client, self.ctx = client, ctx
        self.id, self.name = new_id(), f"compute-{uuid.uuid4().hex[:8]}"
        tree = client.get_provider_tree_and_ensure_root(ctx, self.id, name=self.name)
        tree.update_inventory(self.id, inventories or {"VCPU": VCPU, "MEMORY_MB": MEMORY, "DISK_GB": DISK})
        client.update_from_provider_tree(ctx, tree)

    def tree(self):
        """As it is now: the client's own view does not know of allocations made since."""
        self.client.clear_provider_cache()
        return self.client.get_provider_tree_and_ensure_root(self.ctx, self.id)

    def change(self, change):
        tree = self.tree()
        change(tree)
        self.client.update_from_provider_tree(self.ctx, tree)

    def add_child(self, suffix, inventory, traits=()):
        child = new_id()

        def make(tree):
            tree.new_child(f"{self.name}_{suffix}", self.id, uuid=child)
            tree.update_inventory(child, inventory)
            tree.update_traits(child, traits)

        self.change(make)
        return child

    @property
    def node(self):
        return objects.ComputeNode(uuid=self.id, host=self.name, hypervisor_hostname=self.name)


@pytest.fixture
def host(client, ctx):
    return Host(client, ctx)


def flavor(vcpus=1, memory=256, disk=0, **extra_specs):
    return objects.Flavor(
        name="f", flavorid="f", vcpus=vcpus, memory_mb=memory, root_gb=disk, ephemeral_gb=0, swap=0,
        extra_specs={key.replace("__", ":"): value for key, value in extra_specs.items()})


def request(flavor, groups=()):
    """As the scheduler makes it of a user's request."""
    spec = objects.RequestSpec(
        flavor=flavor, is_bfv=False, image=objects.ImageMeta(properties=objects.ImageMetaProps()),
        requested_resources=list(groups), requested_destination=None, force_hosts=None, force_nodes=None, limits=None,
        numa_topology=None, pci_requests=None, request_level_params=objects.RequestLevelParams(),
        security_groups=objects.SecurityGroupList(objects=[]))
    return utils.ResourceRequest.from_request_spec(spec)


def on(host, allocation_requests):
    return [wanted for wanted in allocation_requests if host.id in wanted["allocations"]]


def claim(client, ctx, consumer, wanted, version, project="project-a", user="user-a"):
    return client.claim_resources(ctx, consumer, wanted, project, user, version)


def take(client, ctx, host, consumer, resources, project="project-a", generation=None):
    return client.put_allocations(ctx, consumer, {
        "allocations": {host if isinstance(host, str) else host.id: {"resources": resources}}, "project_id": project,
        "user_id": "user-a", "consumer_generation": generation})


class TestProviderTrees:
    def test_what_one_client_writes_another_reads(self, client, ctx, host):
        aggregate = new_id()
        card = host.add_child("gpu_0", {"VGPU": stock(4)}, ["CUSTOM_NVIDIA_11", "HW_GPU_API_VULKAN"])

        def more(tree):
            tree.update_traits(host.id, ["HW_CPU_X86_AVX2", "COMPUTE_NODE"])
            tree.update_aggregates(host.id, [aggregate])

        host.change(more)
        fresh = report.SchedulerReportClient().get_provider_tree_and_ensure_root(ctx, host.id)
        root, child = fresh.data(host.id), fresh.data(card)
        assert root.name == host.name and root.parent_uuid is None
        assert root.inventory["VCPU"]["allocation_ratio"] == 4.0 and root.inventory["MEMORY_MB"]["reserved"] == 512
        assert root.traits == {"HW_CPU_X86_AVX2", "COMPUTE_NODE"} and root.aggregates == {aggregate}
        assert child.parent_uuid == host.id and child.inventory["VGPU"]["total"] == 4
        assert child.traits == {"CUSTOM_NVIDIA_11", "HW_GPU_API_VULKAN"}
        assert root.generation == host.tree().data(host.id).generation

    def test_a_subtree_is_seen_alone(self, client, ctx, host):
        card = host.add_child("gpu_0", {"VGPU": stock(4)})
        Host(client, ctx)
        subtree = client.get_provider_subtree_and_ensure_root(ctx, host.id)
        assert set(subtree.get_provider_uuids()) == {host.id, card}
        subtree.update_inventory(card, {"VGPU": stock(2)})
        client.update_from_provider_tree(ctx, subtree)
        assert host.tree().data(card).inventory["VGPU"]["total"] == 2

    def test_providers_go_from_the_tree_and_from_placement(self, client, ctx, host):
        card = host.add_child("gpu_0", {"VGPU": stock(4)})
        host.change(lambda tree: tree.remove(card))
        assert [provider["uuid"] for provider in client.get_providers_in_tree(ctx, host.id)] == [host.id]

    def test_sharing_providers_come_with_the_tree(self, client, ctx, host):
        aggregate, pool = new_id(), new_id()
        tree = client.get_provider_tree_and_ensure_root(ctx, pool, name=f"pool-{pool}")
        tree.update_inventory(pool, {"DISK_GB": stock(1000)})
        tree.update_traits(pool, ["MISC_SHARES_VIA_AGGREGATE"])
        tree.update_aggregates(pool, [aggregate])
        client.update_from_provider_tree(ctx, tree)

        def join(tree):
            tree.update_inventory(host.id, {"VCPU": VCPU, "MEMORY_MB": MEMORY})
            tree.update_aggregates(host.id, [aggregate])

        host.change(join)
        fresh = report.SchedulerReportClient()
        assert fresh.get_provider_tree_and_ensure_root(ctx, host.id).exists(pool)
        wanted, summaries, version = fresh.get_allocation_candidates(ctx, request(flavor(disk=10)))
        mine = on(host, wanted)
        assert any(pool in candidate["allocations"] for candidate in mine)
        consumer = new_id()
        assert claim(fresh, ctx, consumer, mine[0], version)
        # A sharing provider belongs to no tree, and stays.
        assert fresh.remove_provider_tree_from_instance_allocation(ctx, consumer, host.id)
        assert set(fresh.get_allocs_for_consumer(ctx, consumer)["allocations"]) == {pool}
        assert fresh.delete_allocation_for_instance(ctx, consumer)

    def test_a_stale_view_is_refused(self, ctx, host):
        early, late = report.SchedulerReportClient(), report.SchedulerReportClient()
        stale = early.get_provider_tree_and_ensure_root(ctx, host.id)
        tree = late.get_provider_tree_and_ensure_root(ctx, host.id)
        tree.update_traits(host.id, ["CUSTOM_LATE"])
        late.update_from_provider_tree(ctx, tree)
        stale.update_traits(host.id, ["CUSTOM_EARLY"])
        with pytest.raises(exception.ResourceProviderUpdateConflict):
            early.update_from_provider_tree(ctx, stale)
        # The client dropped its view; the next one is right.
        again = early.get_provider_tree_and_ensure_root(ctx, host.id)
        assert again.data(host.id).traits == {"CUSTOM_LATE"}

    def test_inventory_in_use_stays(self, client, ctx, host):
        consumer = new_id()
        assert take(client, ctx, host, consumer, {"VCPU": 1})
        tree = host.tree()
        tree.update_inventory(host.id, {"MEMORY_MB": MEMORY})
        with pytest.raises(exception.InventoryInUse):
            client.update_from_provider_tree(ctx, tree)
        with pytest.raises(exception.InventoryInUse):
            client.set_inventory_for_provider(ctx, host.id, {"MEMORY_MB": MEMORY})
        assert client.delete_allocation_for_instance(ctx, consumer)

    def test_names_are_taken_once(self, client, ctx, host):
        with pytest.raises(exception.ResourceProviderCreationFailed):
            client.get_provider_tree_and_ensure_root(ctx, new_id(), name=host.name)

    def test_single_setters(self, client, ctx, host):
        host.tree()
        client.set_traits_for_provider(ctx, host.id, ["CUSTOM_ONE", "HW_CPU_X86_SSE"])
        assert client.get_provider_traits(ctx, host.id).traits == {"CUSTOM_ONE", "HW_CPU_X86_SSE"}
        aggregate = new_id()
        client.set_aggregates_for_provider(ctx, host.id, [aggregate])
        client.set_inventory_for_provider(ctx, host.id, {"VCPU": VCPU, "CUSTOM_THING": stock(3)})
        data = report.SchedulerReportClient().get_provider_tree_and_ensure_root(ctx, host.id).data(host.id)
        assert set(data.inventory) == {"VCPU", "CUSTOM_THING"} and data.aggregates == {aggregate}
        client.set_inventory_for_provider(ctx, host.id, {})
        assert client.get_provider_tree_and_ensure_root(ctx, host.id).data(host.id).inventory == {}

    def test_host_aggregates(self, client, ctx, host):
        aggregate = new_id()
        assert client.get_provider_by_name(ctx, host.name)["uuid"] == host.id
        assert client.get_resource_provider_name(ctx, host.id) == host.name
        client.aggregate_add_host(ctx, aggregate, host_name=host.name)
        client.aggregate_add_host(ctx, aggregate, host_name=host.name)
        assert host.tree() and aggregate in report.SchedulerReportClient().get_provider_tree_and_ensure_root(
            ctx, host.id).data(host.id).aggregates
        client.aggregate_remove_host(ctx, aggregate, host.name)
        assert report.SchedulerReportClient().get_provider_tree_and_ensure_root(
            ctx, host.id).data(host.id).aggregates == set()
        with pytest.raises(exception.ResourceProviderNotFound):
            client.aggregate_add_host(ctx, aggregate, host_name="nobody")

    def test_a_node_goes_with_its_tree(self, client, ctx, host):
        card = host.add_child("gpu_0", {"VGPU": stock(4)})
        client.delete_resource_provider(ctx, host.node)
        with pytest.raises(exception.ResourceProviderNotFound):
            client.get_provider_by_name(ctx, host.name)
        assert client.get_providers_in_tree(ctx, card) == []

    def test_a_node_in_use_stays(self, client, ctx, host):
        consumer = new_id()
        assert take(client, ctx, host, consumer, {"VCPU": 1})
        client.delete_resource_provider(ctx, host.node)
        assert client.get_provider_by_name(ctx, host.name)["uuid"] == host.id
        assert client.delete_allocation_for_instance(ctx, consumer, force=True)
        assert not client.delete_allocation_for_instance(ctx, consumer, force=True)


class TestReshape:
    def test_stock_and_allocations_move_to_a_child(self, client, ctx):
        host = Host(client, ctx, VCPU=VCPU, MEMORY_MB=MEMORY, VGPU=stock(4))
        consumer = new_id()
        assert take(client, ctx, host, consumer, {"VCPU": 2, "MEMORY_MB": 512, "VGPU": 1})
        tree = host.tree()
        allocations = client.get_allocations_for_provider_tree(ctx, host.name)
        assert set(allocations) == {consumer}
        card = new_id()
        tree.new_child(f"{host.name}_gpu", host.id, uuid=card)
        tree.update_inventory(card, {"VGPU": stock(4)})
        tree.update_inventory(host.id, {"VCPU": VCPU, "MEMORY_MB": MEMORY})
        held = allocations[consumer]["allocations"]
        del held[host.id]["resources"]["VGPU"]
        held[card] = {"resources": {"VGPU": 1}}
        client.update_from_provider_tree(ctx, tree, allocations=allocations)
        now = client.get_allocs_for_consumer(ctx, consumer)["allocations"]
        assert now[host.id]["resources"] == {"VCPU": 2, "MEMORY_MB": 512} and now[card]["resources"] == {"VGPU": 1}
        fresh = report.SchedulerReportClient().get_provider_tree_and_ensure_root(ctx, host.id)
        assert set(fresh.data(card).inventory) == {"VGPU"} and set(fresh.data(host.id).inventory) == {"VCPU", "MEMORY_MB"}

    def test_a_reshape_that_would_oversell_changes_nothing(self, client, ctx):
        host = Host(client, ctx, VCPU=VCPU, VGPU=stock(4))
        consumer = new_id()
        assert take(client, ctx, host, consumer, {"VCPU": 2, "VGPU": 2})
        tree = host.tree()
        allocations = client.get_allocations_for_provider_tree(ctx, host.name)
        card = new_id()
        tree.new_child(f"{host.name}_gpu", host.id, uuid=card)
        tree.update_inventory(card, {"VGPU": stock(1)})
        tree.update_inventory(host.id, {"VCPU": VCPU})
        held = allocations[consumer]["allocations"]
        del held[host.id]["resources"]["VGPU"]
        held[card] = {"resources": {"VGPU": 2}}
        with pytest.raises(exception.ReshapeFailed):
            client.update_from_provider_tree(ctx, tree, allocations=allocations)
        assert client.get_allocs_for_consumer(ctx, consumer)["allocations"][host.id]["resources"] == {
            "VCPU": 2, "VGPU": 2}


class TestScheduling:
    def test_a_flavor_finds_hosts_and_is_claimed(self, client, ctx, host):
        wanted, summaries, version = client.get_allocation_candidates(
            ctx, request(flavor(vcpus=2, memory=1024, disk=10)))
        mine = on(host, wanted)
        assert mine == [{
            "allocations": {host.id: {"resources": {"VCPU": 2, "MEMORY_MB": 1024, "DISK_GB": 10}}},
            "mappings": {"": [host.id]}}]
        assert summaries[host.id]["resources"]["VCPU"] == {"capacity": 32, "used": 0}
        consumer = new_id()
        assert claim(client, ctx, consumer, mine[0], version)
        held = client.get_allocs_for_consumer(ctx, consumer)
        assert held["allocations"][host.id]["resources"] == {"VCPU": 2, "MEMORY_MB": 1024, "DISK_GB": 10}
        assert (held["project_id"], held["user_id"], held["consumer_generation"]) == ("project-a", "user-a", 1)
        assert client.get_allocations_for_consumer(ctx, consumer) == held["allocations"]
        assert consumer in client.get_allocations_for_resource_provider(ctx, host.id).allocations
        assert client.delete_allocation_for_instance(ctx, consumer)
        assert not client.delete_allocation_for_instance(ctx, consumer)

    def test_traits_of_a_flavor(self, client, ctx):
        fast, slow = Host(client, ctx), Host(client, ctx)
        mark = f"CUSTOM_{uuid.uuid4().hex.upper()}"
        fast.change(lambda tree: tree.update_traits(fast.id, [mark]))
        wanted, _, _ = client.get_allocation_candidates(ctx, request(flavor(**{f"trait__{mark}": "required"})))
        assert [list(candidate["allocations"]) for candidate in wanted] == [[fast.id]]
        wanted, _, _ = client.get_allocation_candidates(ctx, request(flavor(**{f"trait__{mark}": "forbidden"})))
        assert on(slow, wanted) and not on(fast, wanted)

    def test_groups_of_a_flavor_isolated(self, client, ctx, host):
        kind = f"CUSTOM_{uuid.uuid4().hex[:8].upper()}"
        cards = {host.add_child(f"gpu_{number}", {kind: stock(1)}, ["CUSTOM_CARD"]) for number in range(3)}
        wanted, _, version = client.get_allocation_candidates(ctx, request(flavor(
            **{f"resources1__{kind}": "1", f"resources2__{kind}": "1", "trait1__CUSTOM_CARD": "required",
               "group_policy": "isolate"})))
        assert wanted
        for candidate in wanted:
            given = set(candidate["allocations"]) - {host.id}
            assert len(given) == 2 and given <= cards
            assert set(candidate["mappings"]) == {"", "1", "2"}
        consumer = new_id()
        assert claim(client, ctx, consumer, wanted[0], version)
        # One card is left, two are needed.
        again, _, _ = client.get_allocation_candidates(ctx, request(flavor(
            **{f"resources1__{kind}": "1", f"resources2__{kind}": "1", "group_policy": "isolate"})))
        assert again == []

    def test_groups_of_a_device_profile_and_a_port(self, client, ctx, host):
        """What Cyborg's device profiles and Neutron's ports add: groups with their own names, one of them in one subtree."""
        fpga, pf = f"CUSTOM_{uuid.uuid4().hex[:8].upper()}", f"CUSTOM_{uuid.uuid4().hex[:8].upper()}"
        card = host.add_child("card", {fpga: stock(2)}, ["CUSTOM_INTEL_PAC"])
        port = host.add_child("port", {pf: stock(2)})
        groups = [
            objects.RequestGroup(
                requester_id="device_profile_0", resources={fpga: 1}, required_traits={"CUSTOM_INTEL_PAC"},
                use_same_provider=True),
            objects.RequestGroup(requester_id=new_id(), resources={pf: 1}, use_same_provider=True)]
        wanted, _, version = client.get_allocation_candidates(ctx, request(flavor(group_policy="none"), groups))
        assert [candidate["mappings"] for candidate in wanted] == [
            {"": [host.id], "_device_profile_0": [card], f"_{groups[1].requester_id}": [port]}
        ] or [candidate["mappings"] for candidate in wanted] == [
            {"": [host.id], "device_profile_0": [card], groups[1].requester_id: [port]}]
        assert claim(client, ctx, new_id(), wanted[0], version)

    def test_one_host_named(self, client, ctx, host):
        Host(client, ctx)
        group = objects.RequestGroup(
            requester_id=new_id(), resources={"VCPU": 1}, in_tree=host.id, use_same_provider=True)
        resources = utils.ResourceRequest.from_request_groups([group], objects.RequestLevelParams(), "none")
        wanted, _, _ = client.get_allocation_candidates(ctx, resources)
        assert [list(candidate["allocations"]) for candidate in wanted] == [[host.id]]

    def test_hosts_of_aggregates(self, client, ctx, host):
        aggregate = new_id()
        other = Host(client, ctx)
        client.aggregate_add_host(ctx, aggregate, host_name=host.name)
        for member, forbidden, expected in (([[aggregate]], [], True), ([], [aggregate], False)):
            group = objects.RequestGroup(
                requester_id=new_id(), resources={"VCPU": 1}, aggregates=member, forbidden_aggregates=set(forbidden),
                use_same_provider=True)
            wanted, _, _ = client.get_allocation_candidates(
                ctx, utils.ResourceRequest.from_request_groups([group], objects.RequestLevelParams(), "none"))
            assert bool(on(host, wanted)) == expected and bool(on(other, wanted)) != expected

    def test_what_nobody_has(self, client, ctx):
        wanted, summaries, _ = client.get_allocation_candidates(ctx, request(flavor(vcpus=100_000)))
        assert wanted == [] and summaries == {}
        # An unknown class is an error of the request; the client says so and goes on.
        assert client.get_allocation_candidates(
            ctx, request(flavor(**{"resources__CUSTOM_NOBODY_EVER": "1"}))) == (None, None, None)


class TestClaims:
    def test_the_last_unit_goes_once(self, ctx, client):
        host = Host(client, ctx, VCPU=VCPU, CUSTOM_LAST=stock(1))
        results = []

        def fight():
            own = report.SchedulerReportClient()
            results.append(take(own, ctx, host, new_id(), {"CUSTOM_LAST": 1}))

        threads = [threading.Thread(target=fight) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(results) == [False] * 7 + [True]

    def test_another_generation_of_the_consumer_is_refused(self, client, ctx, host):
        consumer = new_id()
        assert take(client, ctx, host, consumer, {"VCPU": 1})
        with pytest.raises(exception.AllocationUpdateFailed):
            take(client, ctx, host, consumer, {"VCPU": 2})
        assert take(client, ctx, host, consumer, {"VCPU": 2}, generation=1)
        with pytest.raises(exception.AllocationUpdateFailed):
            take(client, ctx, host, consumer, {"VCPU": 3}, generation=1)

    def test_a_claim_beside_one_on_another_host(self, client, ctx, host):
        """What a resize to another host does where no migration record takes the old allocation over."""
        other = Host(client, ctx)
        consumer = new_id()
        assert take(client, ctx, host, consumer, {"VCPU": 1, "MEMORY_MB": 256})
        wanted, _, version = client.get_allocation_candidates(ctx, request(flavor()))
        assert claim(client, ctx, consumer, on(other, wanted)[0], version)
        assert set(client.get_allocs_for_consumer(ctx, consumer)["allocations"]) == {host.id, other.id}
        assert client.remove_provider_tree_from_instance_allocation(ctx, consumer, host.id)
        assert set(client.get_allocs_for_consumer(ctx, consumer)["allocations"]) == {other.id}
        assert not client.remove_provider_tree_from_instance_allocation(ctx, new_id(), host.id)

    def test_allocations_move_between_consumers(self, client, ctx, host):
        instance, migration = new_id(), new_id()
        assert take(client, ctx, host, instance, {"VCPU": 3})
        assert client.move_allocations(ctx, instance, migration)
        assert client.get_allocs_for_consumer(ctx, instance)["allocations"] == {}
        assert client.get_allocs_for_consumer(ctx, migration)["allocations"][host.id]["resources"] == {"VCPU": 3}
        # Again is no harm; back is a revert.
        assert client.move_allocations(ctx, instance, migration)
        assert client.move_allocations(ctx, migration, instance)
        assert client.get_allocs_for_consumer(ctx, instance)["allocations"][host.id]["resources"] == {"VCPU": 3}

    def test_resources_come_and_go(self, client, ctx, host):
        consumer = new_id()
        card = host.add_child("port", {"NET_BW_EGR_KILOBIT_PER_SEC": stock(1000)})
        assert take(client, ctx, host, consumer, {"VCPU": 1})
        more = {card: {"resources": {"NET_BW_EGR_KILOBIT_PER_SEC": 100}}, host.id: {"resources": {"VCPU": 1}}}
        client.add_resources_to_instance_allocation(ctx, consumer, copy.deepcopy(more))
        held = client.get_allocs_for_consumer(ctx, consumer)["allocations"]
        assert held[host.id]["resources"] == {"VCPU": 2} and held[card]["resources"] == more[card]["resources"]
        client.remove_resources_from_instance_allocation(ctx, consumer, more)
        held = client.get_allocs_for_consumer(ctx, consumer)["allocations"]
        assert set(held) == {host.id} and held[host.id]["resources"] == {"VCPU": 1}
        with pytest.raises(exception.AllocationUpdateFailed):
            client.add_resources_to_instance_allocation(ctx, consumer, {card: {"resources": {
                "NET_BW_EGR_KILOBIT_PER_SEC": 1001}}})
        with pytest.raises(exception.AllocationUpdateFailed):
            client.remove_resources_from_instance_allocation(ctx, consumer, more)

    def test_usages_for_quotas(self, client, ctx, host):
        project = new_id()
        assert client.get_usages_counts_for_limits(ctx, project) == {}
        first, second = new_id(), new_id()
        assert take(client, ctx, host, first, {"VCPU": 1, "MEMORY_MB": 100}, project=project)
        assert take(client, ctx, host, second, {"VCPU": 2, "MEMORY_MB": 200}, project=project)
        assert client.get_usages_counts_for_limits(ctx, project) == {"VCPU": 3, "MEMORY_MB": 300}
        counts = client.get_usages_counts_for_quota(ctx, project, user_id="user-a")
        assert counts == {"project": {"cores": 3, "ram": 300}, "user": {"cores": 3, "ram": 300}}
        assert client.get_usages_counts_for_quota(ctx, project, user_id="nobody")["user"] == {"cores": 0, "ram": 0}


def test_a_project_member_may_see_its_usage_only(kilonova, ctx, host, client):
    """Nova asks as itself. A user's own token opens the project's usages, and nothing else."""
    import openstack

    demo = openstack.connect(cloud="kilonova-demo")
    project = demo.current_project_id
    assert take(client, ctx, host, new_id(), {"VCPU": 2}, project=project)
    seen = demo.placement.get(f"/usages?project_id={project}", microversion="1.9")
    assert seen.status_code == 200 and seen.json()["usages"]["VCPU"] >= 2
    assert demo.placement.get("/usages?project_id=other", microversion="1.9").status_code == 403
    assert demo.placement.get("/resource_providers").status_code == 403
