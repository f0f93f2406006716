"""Nova's report client: the provider trees that nova-compute keeps in Placement, and what moves in them."""

from nova_world import MEMORY, VCPU, Host, claim, flavor, new_id, on, request, stock, take

import pytest
from nova import exception
from nova.scheduler.client import report


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
