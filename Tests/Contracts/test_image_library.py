"""The image service, driven by unmodified openstacksdk: every method of its image proxy; and the bytes on the wire that only a socket shows."""

import hashlib
import inspect
import io
import json
import os
import socket
import uuid

import openstack
import openstack.exceptions
import pytest
import requests
from openstack.image.v2._proxy import Proxy

#: Methods of the proxy that no test here runs to success, with the reasons.
NOT_OFFERED = {
    "get_image_cache": "there is no cache beside the stores; refused in a test",
    "queue_image": "there is no cache beside the stores; refused in a test",
    "clear_cache": "there is no cache beside the stores; refused in a test",
    "clean_cache": "there is no cache beside the stores; refused in a test",
    "prune_cache": "there is no cache beside the stores; refused in a test",
    "cached_image_nodes": "there is no cache beside the stores; refused in a test",
    "stores": "one store is not told to clients, as in Glance; refused in a test",
}
called = set()
MISSING = "11111111-2222-4333-8444-55555555555f"


class Watched:
    """The proxy, which notes the methods that returned."""

    def __init__(self, proxy):
        self.proxy = proxy

    def __getattr__(self, name):
        found = getattr(self.proxy, name)
        if not callable(found):
            return found

        def run(*arguments, **options):
            result = found(*arguments, **options)
            if inspect.isgenerator(result):
                result = list(result)
            called.add(name)
            return result

        return run


@pytest.fixture(scope="module")
def image(image_cloud):
    return Watched(openstack.connect(cloud="kilonova").image)


@pytest.fixture(scope="module")
def demo(image_cloud):
    return openstack.connect(cloud="kilonova-demo")


def name():
    return f"image-{uuid.uuid4().hex[:8]}"


def bare(image, **more):
    return image.create_image(name(), disk_format="raw", container_format="bare", allow_duplicates=True, **more)


def address(image_cloud, path):
    return f"{image_cloud.url}/image/v2/{path}"


def headers(more=None, cloud="kilonova"):
    return {"X-Auth-Token": openstack.connect(cloud=cloud).auth_token, **(more or {})}


def eventually(look, want):
    import time
    for _ in range(100):
        found = look()
        if want(found):
            return found
        time.sleep(0.1)
    raise AssertionError(found)


def test_create_find_change_and_delete(image):
    made = bare(image, min_ram=64, hw_vif_model="virtio", tags=["a"])
    assert made.status == "queued" and made.min_ram == 64
    assert image.get_image(made.id).hw_vif_model == "virtio"
    assert image.find_image(made.name).id == made.id
    assert image.find_image(name()) is None
    changed = image.update_image(made.id, name=made.name + "-b", is_hidden=True)
    assert changed.name == made.name + "-b"
    # Hidden images are found by their names all the same.
    assert image.find_image(made.name + "-b").id == made.id
    image.update_image_properties(image.get_image(made.id), {"os_version": "12"}, os_distro="debian")
    assert image.get_image(made.id).os_distro == "debian"
    image.add_tag(made, "b")
    assert sorted(image.get_image(made.id).tags) == ["a", "b"]
    image.remove_tag(made, "a")
    assert image.get_image(made.id).tags == ["b"]
    image.delete_image(made)
    image.wait_for_delete(made)


def test_pages_go_on_to_the_end(image):
    names = {bare(image, tags=["paged"]).name for _ in range(12)}
    assert {one.name for one in image.images(limit=5, tag="paged")} == names
    ordered = [one.name for one in image.images(limit=5, tag="paged", sort="name:asc")]
    assert ordered == sorted(names)
    assert [one.name for one in image.images(tag="paged", name=f"in:{ordered[2]},{ordered[7]}", sort="name:asc")] == [
        ordered[2], ordered[7]]
    for one in image.images(tag="paged"):
        image.delete_image(one)


def test_data_streamed_from_a_file_come_back(image, tmp_path):
    payload = os.urandom(5_000_000)
    file = tmp_path / "data"
    file.write_bytes(payload)
    made = image.create_image(name(), filename=str(file), disk_format="raw", container_format="bare", wait=True)
    image.wait_for_status(made, "active")
    made = image.get_image(made.id)
    assert made.size == len(payload) and made.checksum == hashlib.md5(payload).hexdigest()
    assert image.download_image(made).content == payload
    copy = tmp_path / "copy"
    image.download_image(made, output=str(copy))
    assert copy.read_bytes() == payload
    image.delete_image(made)


def test_chunks_and_ranges(image, image_cloud):
    payload = os.urandom(6_000_000)
    made = bare(image)
    pieces = (payload[start:start + 70_001] for start in range(0, len(payload), 70_001))
    sent = requests.put(
        address(image_cloud, f"images/{made.id}/file"), data=pieces, timeout=60,
        headers=headers({"Content-Type": "application/octet-stream"}))
    assert sent.status_code == 204, sent.text
    file = address(image_cloud, f"images/{made.id}/file")
    whole = requests.get(file, headers=headers(), timeout=60)
    assert whole.content == payload and whole.headers["Content-MD5"] == hashlib.md5(payload).hexdigest()
    for asked, part in (("bytes=0-9", payload[:10]), ("bytes=5999990-", payload[-10:]), ("bytes=-7", payload[-7:]),
                        ("bytes=100-9999999", payload[100:])):
        got = requests.get(file, headers=headers({"Range": asked}), timeout=60)
        assert got.status_code == 206 and got.content == part, asked
        assert got.headers["Content-Range"].endswith(f"/{len(payload)}")
    for asked in ("bytes=6000000-", "bytes=5-2", "bytes=-0", "bytes=a-b", "octets=0-1", "bytes=--1", "bytes", "0-1",
                  "bytes=99999999999999999999999-"):
        assert requests.get(file, headers=headers({"Range": asked}), timeout=60).status_code == 416, asked
    assert requests.get(file, headers=headers({"Range": "bytes=0-1,4-5"}), timeout=60).status_code == 400
    told = requests.head(file, headers=headers(), timeout=60)
    assert told.status_code == 200 and told.headers["Content-Length"] == str(len(payload)) and not told.content
    image.delete_image(made)


def test_upload_stage_and_import(image):
    made = bare(image)
    image.upload_image("bare", "raw", data=b"older clients", name=name())
    image.stage_image(made, data=io.BytesIO(b"staged data"))
    assert image.get_image(made.id).status == "uploading"
    assert "glance-direct" in image.get_import_info().import_methods["value"]
    image.import_image(made, method="glance-direct")
    done = eventually(lambda: image.get_image(made.id), lambda one: one.status == "active")
    assert done.checksum == hashlib.md5(b"staged data").hexdigest()
    tasks = image.image_tasks(made)
    assert tasks[0].status == "success"
    assert tasks[0].id in [one.id for one in image.tasks(type="api_image_import", sort_dir="asc", limit=2)]
    assert image.get_task(tasks[0].id).type == "api_image_import"
    image.wait_for_task(image.get_task(tasks[0].id), "success")
    image.delete_image(made)


def test_members(image, demo):
    project = demo.current_project_id
    made = bare(image)
    image.add_member(made, member=project)
    assert image.get_member(project, made).status == "pending"
    assert image.find_member(project, made).id == project
    assert [one.id for one in image.members(made)] == [project]
    assert demo.image.get_image(made.id).id == made.id
    demo.image.update_member(project, made, status="accepted")
    assert made.id in [one.id for one in demo.image.images(member_status="accepted")]
    with pytest.raises(openstack.exceptions.ForbiddenException):
        demo.image.remove_member(project, made)
    called.add("update_member")
    image.remove_member(project, made)
    assert image.members(made) == []
    image.delete_image(made)


def test_deactivate_and_reactivate(image, demo):
    made = bare(image, data=b"some data", visibility="public")
    image.deactivate_image(made)
    assert image.get_image(made.id).status == "deactivated"
    assert demo.image.get(f"/images/{made.id}/file").status_code == 403
    image.reactivate_image(made)
    assert demo.image.download_image(made.id).content == b"some data"
    assert image.image_locations(made)[0].url.startswith("file:///")
    image.delete_image(made)


def test_imports_from_inside_fail(image):
    made = bare(image)
    for uri in ("http://127.0.0.1/x", "http://169.254.169.254/latest", "http://[::1]/x", "http://[::ffff:127.0.0.1]/x",
                "http://0.0.0.0/x", "file:///etc/passwd", "http://images.example:22/x", "ftp://images.example/x"):
        answer = image.import_image(made, method="web-download", uri=uri)
        assert answer.status_code == 400 and "does not pass filtering" in answer.text, uri
    image.add_image_location(made, url="http://localhost/x")
    task = eventually(lambda: image.image_tasks(made)[0], lambda one: one.status == "failure")
    assert task.message and "localhost" in task.message
    assert image.get_image(made.id).status == "queued"
    task = image.create_task(
        type="import", input={"import_from": "http://localhost/x", "import_from_format": "raw",
                              "image_properties": {"disk_format": "raw", "container_format": "bare"}})
    eventually(lambda: image.get_task(task.id), lambda one: one.status == "failure")
    image.delete_image(made)


def test_definitions(image):
    space = f"Space::{uuid.uuid4().hex[:6]}"
    image.create_metadef_namespace(namespace=space, visibility="public", display_name="S")
    assert image.get_metadef_namespace(space).display_name == "S"
    assert space in [one.namespace for one in image.metadef_namespaces(limit=1)]
    image.update_metadef_namespace(space, display_name="T", visibility="public")
    image.create_metadef_object(space, name="o", properties={"p": {"title": "P", "type": "string"}})
    assert image.get_metadef_object("o", space).properties["p"]["title"] == "P"
    assert [one.name for one in image.metadef_objects(space)] == ["o"]
    image.update_metadef_object("o", space, name="o", description="d")
    image.delete_metadef_object("o", space)
    image.delete_all_metadef_objects(space)
    image.create_metadef_property(space, name="q", title="Q", type="integer", minimum=1)
    assert image.get_metadef_property("q", space).minimum == 1
    image.update_metadef_property("q", space, name="q", title="R", type="integer")
    assert [one.title for one in image.metadef_properties(space)] == ["R"]
    image.delete_metadef_property("q", space)
    image.delete_all_metadef_properties(space)
    assert "OS::Nova::Flavor" in [one.name for one in image.metadef_resource_types()]
    image.create_metadef_resource_type_association(space, name="OS::Nova::Flavor", prefix="hw_")
    assert image.metadef_resource_type_associations(space)[0].prefix == "hw_"
    image.delete_metadef_resource_type_association("OS::Nova::Flavor", space)
    image.add_tag_to_metadef_namespace(space, "t")
    image.remove_tag_from_metadef_namespace(space, "t")
    image.remove_tags_from_metadef_namespace(space)
    image.delete_metadef_namespace(space)


def test_schemas(image):
    for method in [one for one in dir(Proxy) if one.endswith("_schema")]:
        assert getattr(image, method)().properties, method


def test_what_is_not_offered(image):
    for call in (image.get_image_cache, lambda: image.queue_image(MISSING), image.clear_cache, image.clean_cache,
                 image.prune_cache, lambda: image.cached_image_nodes(MISSING), image.stores):
        with pytest.raises((openstack.exceptions.NotFoundException, openstack.exceptions.SDKException)):
            list(call() or ["nothing came"])
            raise AssertionError("it is offered")
    image.cache_delete_image(MISSING)


def test_usage_and_limits(image, image_cloud):
    shown = requests.get(address(image_cloud, "info/usage"), headers=headers(), timeout=10)
    assert shown.status_code == 200 and shown.json() == {"usage": {}}


def test_another_project_reads_nothing(image, demo, image_cloud):
    """Each endpoint with an image's id in its path, called by a project that may not see the image."""
    made = bare(image, data=b"secret", tags=["t"], visibility="private")
    document = requests.get(f"{image_cloud.url}/image/openapi.json", timeout=10).json()
    told = []
    for path, operations in document["paths"].items():
        if "{image_id}" not in path or "/cache" in path:
            continue
        target = path.replace("{image_id}", made.id)
        for word in ("tag", "member_id", "store_id", "task_id"):
            target = target.replace("{%s}" % word, "t")
        for method in operations:
            if method not in ("get", "put", "post", "patch", "delete"):
                continue
            kind = next(iter(operations[method].get("requestBody", {}).get("content", {"": None})))
            body = {"application/octet-stream": b"x"}.get(kind, b"[]" if "patch" in kind else b"")
            if kind == "application/json":
                body = json.dumps({"member": "x", "status": "accepted", "method": {"name": "glance-direct"},
                                   "url": "http://images.example/x"}).encode()
            answer = requests.request(
                method, f"{image_cloud.url}/image{target}", data=body or None, timeout=10,
                headers=headers({"Content-Type": kind} if kind else {}, cloud="kilonova-demo"))
            told.append((method, path, answer.status_code))
            assert b"secret" not in answer.content and made.name.encode() not in answer.content
    wrong = [one for one in told if one[2] != 404]
    assert len(told) > 15 and not wrong, wrong
    assert image.get_image(made.id).status == "active"
    image.delete_image(made)


def test_a_client_that_leaves_leaves_no_bytes(image, image_cloud):
    made = bare(image)
    folder = image_cloud.data_dir / "images"

    def files():
        return {one for one in folder.rglob("*") if one.is_file()}

    # Blobs of deleted images are there until they are swept.
    before = files()
    host, port = image_cloud.url.removeprefix("http://").split(":")
    for form in ("Content-Length: 5000000", "Transfer-Encoding: chunked"):
        with socket.create_connection((host, int(port)), timeout=10) as client:
            client.sendall(
                (f"PUT /image/v2/images/{made.id}/file HTTP/1.1\r\nHost: {host}\r\n{form}\r\n"
                 f"X-Auth-Token: {headers()['X-Auth-Token']}\r\nContent-Type: application/octet-stream\r\n\r\n").encode())
            piece = os.urandom(65536)
            for _ in range(20):
                client.sendall(piece if "Length" in form else b"10000\r\n" + piece + b"\r\n")
            eventually(lambda: image.get_image(made.id).status, lambda status: status == "saving")
        eventually(lambda: image.get_image(made.id).status, lambda status: status == "queued")
        eventually(files, lambda found: found <= before)
    again = requests.put(address(image_cloud, f"images/{made.id}/file"), data=b"whole", timeout=10,
                         headers=headers({"Content-Type": "application/octet-stream"}))
    assert again.status_code == 204
    image.delete_image(made)


@pytest.mark.parametrize("body", [
    b"", b"[]", b"null", b"{", b'{"name": NaN}', b'{"min_ram": 1e400}', b'{"min_ram": 99999999999999999999999999}',
    b'{"min_ram": 2147483648}', b'{"min_disk": 1.5}', b'{"name": "\xff\xfe"}', b'{"name": "a\\u0000b"}',
    b'{"tags": [["a"]]}', b'{"tags": {}}', b'{"x": {"y": 1}}', b'{"": 1}', b"[" * 5000, b'{"a":' * 2000,
    b'{"protected": 1}', b'{"id": "../../etc/passwd"}', b'{"name": "' + b"x" * 300 + b'"}',
    b'{"p": "' + b"x" * 70000 + b'"}', b"{" + b",".join(b'"p%d": "1"' % one for one in range(200)) + b"}",
])
def test_odd_documents_are_refused(image_cloud, body):
    answer = requests.post(
        address(image_cloud, "images"), data=body, timeout=10, headers=headers({"Content-Type": "application/json"}))
    assert answer.status_code in (400, 413), (body[:60], answer.status_code, answer.text[:200])
    assert len(answer.text) < 2000


@pytest.mark.parametrize("body, status", [
    (b"{}", 400), (b"null", 400), (b'[{"op": "add", "path": "", "value": 1}]', 400),
    (b'[{"op": "add", "path": "/", "value": "1"}]', 400), (b'[{"op": "add", "path": "/a~", "value": "1"}]', 400),
    (b'[{"op": "add", "path": 1, "value": "1"}]', 400), (b'[1]', 400), (b'[[]]', 400),
    (b'[{"op": "add", "path": "/a", "value": {}}]', 400), (b'[{"op": "move", "path": "/a", "from": "/b"}]', 400),
    (b'[{"op": "add", "path": "/min_ram", "value": 99999999999999999999}]', 400),
    (json.dumps([{"op": "add", "path": f"/p{one}", "value": "1"} for one in range(129)]).encode(), 413),
    (json.dumps([{"op": "add", "path": f"/p{one}", "value": "1"} for one in range(20000)]).encode(), 413),
    (json.dumps([{"op": "add", "path": "/p", "value": str(one)} for one in range(1000)]).encode(), 200),
])
def test_odd_changes(image, image_cloud, body, status):
    made = bare(image)
    answer = requests.patch(
        address(image_cloud, f"images/{made.id}"), data=body, timeout=20,
        headers=headers({"Content-Type": "application/openstack-images-v2.1-json-patch"}))
    assert answer.status_code == status, answer.text[:300]
    image.delete_image(made)


@pytest.mark.parametrize("query", [
    "limit=-1", "limit=1e3", "limit=99999999999999999999999", "marker=x", f"marker={MISSING}", "sort_key=x", "sort_dir=x",
    "sort=name:up", "sort=name&sort_key=name", "visibility=x", "member_status=x", "size_min=x", "protected=True",
    "created_at=x", "created_at=zz:2026-01-01T00:00:00Z", "name=neq:x", 'name=in:"x', "changes-since=2026", "name=%00",
    "name=%ff", "&".join(f"tag=t{one}" for one in range(600)),
])
def test_odd_queries_are_refused(image_cloud, query):
    answer = requests.get(address(image_cloud, f"images?{query}"), headers=headers(), timeout=10)
    assert answer.status_code == 400, (query[:60], answer.status_code, answer.text[:200])


def test_a_query_of_many_tags_is_answered(image_cloud):
    query = "&".join(f"tag=t{one}" for one in range(500))
    answer = requests.get(address(image_cloud, f"images?{query}"), headers=headers(), timeout=30)
    assert answer.status_code == 200 and answer.json()["images"] == []


def test_every_method_was_called(request):
    """After the others: what the installed library can do is what was done."""
    here = {item.name for item in request.session.items if item.fspath == request.fspath}
    if not all(any(one.startswith(test) for one in here) for test in globals() if test.startswith("test_")):
        pytest.skip("only with all tests of this file")
    public = {one for one, value in vars(Proxy).items() if not one.startswith("_") and inspect.isfunction(value)}
    assert len(public) > 70
    assert public - called - NOT_OFFERED.keys() == set()
    assert NOT_OFFERED.keys() <= public and not NOT_OFFERED.keys() & called
