"""Nova's report client: the candidates that nova-scheduler asks for, with Nova's own request objects."""

import uuid

from nova_world import Host, claim, flavor, new_id, on, request, stock

from nova import objects
from nova.scheduler import utils


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
