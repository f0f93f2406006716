"""What Nova's tests of Placement have in common: hosts as a driver makes them, requests as the scheduler makes them, claims."""

import os
import uuid

os.environ["OS_NOVA_DISABLE_EVENTLET_PATCHING"] = "1"

from nova import objects
from nova.scheduler import utils

VCPU = {"total": 8, "reserved": 0, "min_unit": 1, "max_unit": 8, "step_size": 1, "allocation_ratio": 4.0}
MEMORY = {"total": 8192, "reserved": 512, "min_unit": 1, "max_unit": 8192, "step_size": 1, "allocation_ratio": 1.0}
DISK = {"total": 100, "reserved": 0, "min_unit": 1, "max_unit": 100, "step_size": 1, "allocation_ratio": 1.0}


def stock(total, **others):
    return {"total": total, "reserved": 0, "min_unit": 1, "max_unit": total, "step_size": 1, "allocation_ratio": 1.0,
            **others}


def new_id():
    return str(uuid.uuid4())


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
