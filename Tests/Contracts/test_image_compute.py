"""The image service, driven by unmodified python-glanceclient as Nova and Cinder use it: a session, the catalog's address, API version 2."""

import io
import os
import time
import uuid

import glanceclient
import glanceclient.exc
import openstack
import pytest


@pytest.fixture(scope="module")
def glance(image_cloud):
    """As `nova.image.glance` makes its client: the endpoint is given, and the request id of the user's call goes along."""
    session = openstack.connect(cloud="kilonova").session
    return glanceclient.Client(
        "2", session=session, endpoint_override=f"{image_cloud.url}/image", global_request_id=f"req-{uuid.uuid4()}")


@pytest.fixture(scope="module")
def other(image_cloud):
    session = openstack.connect(cloud="kilonova-demo").session
    return glanceclient.Client("2", session=session, endpoint_override=f"{image_cloud.url}/image")


def eventually(look, want):
    for _ in range(100):
        found = look()
        if want(found):
            return found
        time.sleep(0.1)
    raise AssertionError(found)


def create(glance, **more):
    return glance.images.create(
        name=f"image-{uuid.uuid4().hex[:8]}", disk_format="raw", container_format="bare", **more)


class Stream(io.RawIOBase):
    """A snapshot on its way: nobody knows its length."""

    def __init__(self, data):
        self.data = io.BytesIO(data)

    def readable(self):
        return True

    def read(self, size=-1):
        return self.data.read(size)


def test_a_snapshot_is_uploaded_and_booted_from(glance):
    schema = glance.schemas.get("image").raw()
    assert "raw" in schema["properties"]["disk_format"]["enum"]
    made = create(glance, visibility="private", hw_machine_type="q35", min_disk=1, instance_uuid=str(uuid.uuid4()))
    assert made["status"] == "queued" and made["hw_machine_type"] == "q35"
    payload = os.urandom(3_000_000)
    glance.images.upload(made["id"], Stream(payload))
    shown = glance.images.get(made["id"])
    assert shown["status"] == "active" and shown["size"] == len(payload)
    # Nova takes for a custom property what the schema does not name.
    assert set(shown) - set(schema["properties"]) == {"hw_machine_type", "instance_uuid"}
    assert b"".join(glance.images.data(made["id"])) == payload
    glance.images.update(made["id"], remove_props=["instance_uuid"], name="renamed", os_distro="debian")
    shown = glance.images.get(made["id"])
    assert shown["name"] == "renamed" and "instance_uuid" not in shown and shown["os_distro"] == "debian"
    glance.images.delete(made["id"])
    with pytest.raises(glanceclient.exc.HTTPNotFound):
        glance.images.get(made["id"])


def test_lists_as_nova_asks_for_them(glance):
    made = [create(glance, tags=["nova"]) for _ in range(5)]
    found = list(glance.images.list(filters={"tag": ["nova"]}, page_size=2, limit=4))
    assert len(found) == 4
    found = list(glance.images.list(filters={"tag": ["nova"]}, page_size=2, sort_key="name", sort_dir="asc"))
    assert [one["name"] for one in found] == sorted(one["name"] for one in made)
    assert list(glance.images.list(filters={"visibility": "public", "tag": ["nova"]})) == []
    changed = {"status": "active", "tag": ["nova"], "created_at": "gte:2020-01-01T00:00:00Z"}
    assert list(glance.images.list(filters=changed)) == []
    for one in made:
        glance.images.delete(one["id"])


def test_stage_and_import(glance):
    made = create(glance)
    glance.images.stage(made["id"], io.BytesIO(b"staged"), image_size=6)
    assert glance.images.get(made["id"])["status"] == "uploading"
    glance.images.image_import(made["id"], method="glance-direct")
    eventually(lambda: glance.images.get(made["id"])["status"], lambda status: status == "active")
    assert b"".join(glance.images.data(made["id"])) == b"staged"
    assert [one["status"] for one in glance.tasks.list(page_size=1)][:1] == ["success"]
    # One store announces no version with the tasks of an image, and the client then does not ask.
    with pytest.raises(glanceclient.exc.HTTPNotImplemented):
        glance.images.get_associated_image_tasks(made["id"])
    assert glance.images.get_import_info()["import-methods"]["value"]
    glance.images.delete(made["id"])


def test_members_and_deactivation(glance, other, image_cloud):
    project = openstack.connect(cloud="kilonova-demo").current_project_id
    made = create(glance)
    glance.images.upload(made["id"], io.BytesIO(b"data"))
    glance.image_members.create(made["id"], project)
    assert [one["status"] for one in glance.image_members.list(made["id"])] == ["pending"]
    other.image_members.update(made["id"], project, "accepted")
    assert made["id"] in [one["id"] for one in other.images.list()]
    assert b"".join(other.images.data(made["id"])) == b"data"
    glance.images.deactivate(made["id"])
    with pytest.raises(glanceclient.exc.HTTPForbidden):
        other.images.data(made["id"])
    glance.images.reactivate(made["id"])
    glance.image_tags.update(made["id"], "tag")
    glance.image_tags.delete(made["id"], "tag")
    glance.image_members.delete(made["id"], project)
    with pytest.raises(glanceclient.exc.HTTPNotFound):
        other.images.get(made["id"])
    glance.images.delete(made["id"])


def test_locations(glance, other):
    made = create(glance)
    assert glance.images.get_image_locations(made["id"]) == []
    glance.images.add_image_location(made["id"], "http://localhost/x", {})
    eventually(lambda: glance.images.get(made["id"])["status"], lambda status: status == "queued")
    # The older form, which is off as in Glance.
    with pytest.raises(glanceclient.exc.HTTPForbidden):
        other_made = create(other)
        other.images.add_location(other_made["id"], "http://images.example/x", {})
    glance.images.upload(made["id"], io.BytesIO(b"data"))
    assert glance.images.get_image_locations(made["id"])[0]["url"].startswith("file:///")
    glance.images.delete(made["id"])


def test_definitions_and_schemas(glance):
    name = f"Space::{uuid.uuid4().hex[:6]}"
    glance.metadefs_namespace.create(namespace=name, visibility="public")
    glance.metadefs_property.create(name, name="hw_x", title="X", type="string")
    glance.metadefs_object.create(name, name="o")
    glance.metadefs_tag.create(name, "t")
    glance.metadefs_resource_type.associate(name, name="OS::Glance::Image")
    assert name in [one["namespace"] for one in glance.metadefs_namespace.list()]
    shown = glance.metadefs_namespace.get(name)
    assert shown["visibility"] == "public"
    assert [one["name"] for one in glance.metadefs_property.list(name)] == ["hw_x"]
    assert [one["name"] for one in glance.metadefs_object.list(name)] == ["o"]
    assert [one["name"] for one in glance.metadefs_tag.list(name)] == ["t"]
    assert [one["name"] for one in glance.metadefs_resource_type.get(name)] == ["OS::Glance::Image"]
    glance.metadefs_namespace.delete(name)
    assert {glance.schemas.get(one).name for one in ("image", "member", "task", "metadefs/namespace")} == {
        "image", "member", "task", "namespace"}


def test_errors_are_said_in_their_own_words(glance, other):
    made = create(glance, visibility="private", protected=True)
    for call, kind, words in (
            (lambda: glance.images.delete(made["id"]), glanceclient.exc.HTTPForbidden, "is protected"),
            (lambda: other.images.get(made["id"]), glanceclient.exc.HTTPNotFound, "No image found"),
            (lambda: glance.images.upload(made["id"], io.BytesIO(b"x"), image_size=2), glanceclient.exc.HTTPBadRequest, "bytes"),
            (lambda: glance.images.image_import(made["id"], method="no"), glanceclient.exc.HTTPBadRequest, "Unknown import"),
            (lambda: glance.images.image_import(made["id"]), glanceclient.exc.HTTPConflict, "staged")):
        with pytest.raises(kind, match=words):
            call()
    glance.images.update(made["id"], protected=False)
    glance.images.delete(made["id"])
