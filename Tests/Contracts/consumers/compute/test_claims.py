"""Nova's report client: claims, moves and usages."""

import copy
import threading

from nova_world import VCPU, Host, claim, flavor, new_id, on, request, stock, take

import pytest
from nova import exception
from nova.scheduler.client import report


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
