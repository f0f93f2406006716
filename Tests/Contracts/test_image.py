"""The image service, driven by the field's unmodified clients: `openstack image …`, and openstacksdk as other services use it."""

import hashlib
import os
import uuid

import openstack
import pytest

from conftest import Kilonova

ENABLED = "[identity, placement, accelerator, image]"


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    """A control plane of its own, with images."""
    server = Kilonova(
        tmp_path_factory.mktemp("images"), "--no-agent", env={"KILONOVA_SERVICES__ENABLED": ENABLED}).start()
    yield server
    code = server.stop()
    assert code == 0, server.log()
    assert not server.differing(), "\n".join(server.differing())


@pytest.fixture
def data(tmp_path):
    """A file with bytes of no known format."""
    file = tmp_path / "data.raw"
    file.write_bytes(os.urandom(1_500_000))
    return file


@pytest.fixture
def library(cloud, monkeypatch):
    """The cloud through openstacksdk."""
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(cloud.clouds))
    return openstack.connect(cloud="kilonova")


def name():
    return f"image-{uuid.uuid4().hex[:8]}"


def create(cloud, data, *more, image=None):
    return cloud.json("image", "create", image or name(), "--disk-format", "raw", "--container-format", "bare",
                      "--file", data, *more)


def test_create_show_save_and_delete(cloud, data, tmp_path):
    made = create(cloud, data, "--property", "hw_vif_model=virtio", "--tag", "a", "--min-disk", "1")
    assert made["status"] == "active" and made["size"] == data.stat().st_size
    assert made["checksum"] == hashlib.md5(data.read_bytes()).hexdigest()
    shown = cloud.json("image", "show", made["name"])
    assert shown["id"] == made["id"] and shown["tags"] == ["a"] and shown["min_disk"] == 1
    assert shown["properties"]["hw_vif_model"] == "virtio"
    assert shown["properties"]["os_hash_value"] == hashlib.sha512(data.read_bytes()).hexdigest()
    copy = tmp_path / "copy"
    cloud.openstack("image", "save", "--file", copy, made["name"])
    assert copy.read_bytes() == data.read_bytes()
    cloud.openstack("image", "delete", made["name"])
    gone = cloud.openstack("image", "show", made["id"], check=False)
    assert gone.returncode == 1 and "No Image found" in gone.stderr


def test_a_list_has_every_image_and_its_filters(cloud, library):
    names = sorted(name() for _ in range(30))
    for one in names:
        library.image.create_image(one, tags=["listed"], kind="listed", allow_duplicates=True, wait=False)
    listed = cloud.json("image", "list", "--tag", "listed", "--sort", "name:asc")
    assert [one["Name"] for one in listed] == names
    assert len(cloud.json("image", "list", "--tag", "listed", "--limit", "7")) == 7
    assert [one["Name"] for one in cloud.json("image", "list", "--name", names[3])] == [names[3]]
    assert len(cloud.json("image", "list", "--property", "kind=listed")) == 30
    assert len(cloud.json("image", "list", "--status", "queued", "--long", "--tag", "listed")) == 30
    cloud.openstack("image", "set", "--hidden", names[0])
    assert names[0] not in [one["Name"] for one in cloud.json("image", "list")]
    assert names[0] in [one["Name"] for one in cloud.json("image", "list", "--hidden")]
    cloud.openstack("image", "delete", *names)


def test_set_and_unset(cloud):
    image = name()
    cloud.openstack("image", "create", image)
    cloud.openstack("image", "set", image, "--name", image + "-b", "--min-ram", "64", "--tag", "x", "--tag", "y",
                    "--property", "a=1", "--property", "b=2", "--protected", "--os-distro", "debian")
    shown = cloud.json("image", "show", image + "-b")
    assert (shown["min_ram"], shown["protected"], sorted(shown["tags"])) == (64, True, ["x", "y"])
    assert (shown["properties"]["a"], shown["properties"]["os_distro"]) == ("1", "debian")
    refused = cloud.openstack("image", "delete", image + "-b", check=False)
    assert refused.returncode == 1 and "is protected" in refused.stderr
    cloud.openstack("image", "unset", image + "-b", "--tag", "x", "--property", "a")
    shown = cloud.json("image", "show", image + "-b")
    assert shown["tags"] == ["y"] and "a" not in shown["properties"] and shown["properties"]["b"] == "2"
    cloud.openstack("image", "set", image + "-b", "--unprotected")
    cloud.openstack("image", "delete", image + "-b")


def test_an_image_is_shared_and_accepted(cloud, data):
    made = create(cloud, data, "--shared")
    project = cloud.json("project", "show", "demo")["id"]
    seen = cloud.openstack("image", "show", made["id"], cloud="kilonova-demo", check=False)
    assert seen.returncode == 1
    cloud.openstack("image", "add", "project", made["id"], project)
    assert cloud.json("image", "member", "list", made["id"])[0]["Status"] == "pending"
    assert made["id"] not in [one["ID"] for one in cloud.json("image", "list", cloud="kilonova-demo")]
    cloud.openstack("image", "set", "--accept", made["id"], "--project", project, cloud="kilonova-demo")
    assert made["id"] in [one["ID"] for one in cloud.json("image", "list", cloud="kilonova-demo")]
    cloud.openstack("image", "remove", "project", made["id"], project)
    assert cloud.json("image", "member", "list", made["id"]) == []
    cloud.openstack("image", "delete", made["id"])


def test_deactivated_images_are_not_saved(cloud, data, tmp_path):
    made = create(cloud, data, "--community")
    cloud.openstack("image", "set", "--deactivate", made["id"])
    assert cloud.json("image", "show", made["id"])["status"] == "deactivated"
    refused = cloud.openstack(
        "image", "save", "--file", tmp_path / "copy", made["id"], cloud="kilonova-demo", check=False)
    assert refused.returncode == 1
    cloud.openstack("image", "set", "--activate", made["id"])
    cloud.openstack("image", "save", "--file", tmp_path / "copy", made["id"], cloud="kilonova-demo")
    assert (tmp_path / "copy").read_bytes() == data.read_bytes()
    cloud.openstack("image", "delete", made["id"])


def test_import_of_staged_data(cloud, data):
    made = create(cloud, data, "--import")
    for _ in range(50):
        shown = cloud.json("image", "show", made["id"])
        if shown["status"] == "active":
            break
    assert shown["status"] == "active" and shown["checksum"] == hashlib.md5(data.read_bytes()).hexdigest()
    assert "glance-direct" in cloud.json("image", "import", "info")["import-methods"]
    tasks = cloud.json("image", "task", "list")
    assert any(one["Status"] == "success" for one in tasks)
    cloud.openstack("image", "delete", made["id"])


def test_the_library_uploads_in_chunks_and_checks_what_it_downloads(library):
    payload = os.urandom(700_000)
    image = library.image.create_image(name(), disk_format="raw", container_format="bare", data=payload)
    image = library.image.get_image(image.id)
    assert image.status == "active" and image.size == len(payload)
    assert library.image.download_image(image).content == payload
    library.image.delete_image(image)


def test_data_of_another_format_are_refused_and_told(cloud, data):
    refused = cloud.openstack("image", "create", name(), "--disk-format", "qcow2", "--container-format", "bare",
                              "--file", data, check=False)
    assert refused.returncode == 1
    assert "415" in refused.stderr or "Unsupported Media Type" in refused.stderr, refused.stderr
