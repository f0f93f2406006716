"""Cyborg's own Placement client, unmodified: what its conductor calls when agents report, and what its API asks."""

import uuid

import pytest
from cyborg.common import exception, placement_client
from cyborg.conf import CONF
from oslo_context import context as oslo_context


def new_id():
    return str(uuid.uuid4())


@pytest.fixture(scope="session", autouse=True)
def configuration(kilonova, service_section, tmp_path_factory):
    path = tmp_path_factory.mktemp("cyborg") / "cyborg.conf"
    path.write_text(f"[placement]\n{service_section}\n")
    CONF([], project="cyborg", default_config_files=[str(path)])


@pytest.fixture(scope="session")
def client(configuration):
    return placement_client.PlacementClient()


@pytest.fixture
def ctx():
    return oslo_context.RequestContext(global_request_id=f"req-{new_id()}")


@pytest.fixture
def root(client, ctx):
    """The host's provider, which nova-compute makes; it is found by its name."""
    name = f"compute-{uuid.uuid4().hex[:8]}"
    identifier = client.ensure_resource_provider(ctx, new_id(), name)
    answer = client.get(f"/resource_providers?name={name}").json()
    assert [provider["uuid"] for provider in answer["resource_providers"]] == [identifier]
    return identifier


@pytest.fixture
def device(client, ctx, root):
    """A deployable below it, in the order of `provider_report` of the conductor."""
    name = f"card-{uuid.uuid4().hex[:8]}"
    card = client.ensure_resource_provider(ctx, new_id(), name, root)
    assert client.ensure_resource_provider(ctx, card, name, root) == card
    client.ensure_resource_classes(ctx, ["CUSTOM_CYBORG_CARD"])
    client.update_inventory(card, {"CUSTOM_CYBORG_CARD": {"total": 2, "max_unit": 2}})
    client.add_traits_to_rp(card, ["CUSTOM_FPGA_INTEL", "OWNER_CYBORG"])
    return card


def test_a_device_is_reported(client, ctx, root, device):
    tree = {provider["uuid"]: provider for provider in client.get_providers_in_tree(ctx, root)}
    assert set(tree) == {root, device} and tree[device]["parent_provider_uuid"] == root
    inventory = client.get(f"/resource_providers/{device}/inventories").json()["inventories"]
    assert inventory["CUSTOM_CYBORG_CARD"]["total"] == 2 and inventory["CUSTOM_CYBORG_CARD"]["reserved"] == 0
    assert set(client._get_rp_traits(device)["traits"]) == {"CUSTOM_FPGA_INTEL", "OWNER_CYBORG"}


def test_a_device_is_disabled_and_enabled(client, ctx, device):
    for reserved in (2, 0):
        before = client.get_resource_provider(device)["generation"]
        client.update_rp_inventory_reserved(device, "CUSTOM_CYBORG_CARD", 2, reserved)
        after = client.get(f"/resource_providers/{device}/inventories").json()
        assert after["inventories"]["CUSTOM_CYBORG_CARD"]["reserved"] == reserved
        assert after["resource_provider_generation"] == before + 1


def test_traits_follow_the_programmed_image(client, ctx, device):
    client.add_traits_to_rp(device, ["CUSTOM_FPGA_REGION_A", "CUSTOM_FUNCTION_ID_A"])
    client.delete_traits_with_prefixes(ctx, device, ["CUSTOM_FPGA_REGION", "CUSTOM_FUNCTION_ID"])
    assert set(client._get_rp_traits(device)["traits"]) == {"CUSTOM_FPGA_INTEL", "OWNER_CYBORG"}
    client.add_traits_to_rp(device, ["CUSTOM_FUNCTION_ID_B"])
    client.delete_trait_by_name(ctx, device, "CUSTOM_FUNCTION_ID_B")
    assert client.get("/traits/CUSTOM_FUNCTION_ID_B", version="1.6").status_code == 404


def test_classes_come_and_go(client, ctx):
    client.ensure_resource_classes(ctx, ["CUSTOM_SHORT_LIVED"])
    client.ensure_resource_classes(ctx, ["CUSTOM_SHORT_LIVED"])
    # It names no version, and 1.0 has no resource classes: with the original, too, the class stays.
    client.delete_rc_by_name(ctx, "CUSTOM_SHORT_LIVED")
    assert client.get("/resource_classes/CUSTOM_SHORT_LIVED", version="1.2").status_code == 200
    assert client.delete("/resource_classes/CUSTOM_SHORT_LIVED", version="1.2").status_code == 204
    with pytest.raises(Exception):
        client.ensure_resource_classes(ctx, ["not a class"])


def test_devices_and_hosts_go(client, ctx, root, device):
    with pytest.raises(Exception):
        client.delete_provider(root)
    client.delete_provider(device)
    client.delete_provider(root)
    assert client.get_providers_in_tree(ctx, root) == []


def test_what_is_not_there(client, ctx):
    assert client.get(f"/resource_providers/{new_id()}").status_code == 404
    with pytest.raises((exception.ResourceProviderDeletionFailed, exception.CyborgException)):
        client.delete_provider(new_id())
