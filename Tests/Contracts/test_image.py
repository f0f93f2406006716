"""The image service, driven by the unmodified command line: every `openstack image …` and `openstack cached image …`."""

import hashlib
import importlib.metadata
import json
import os
import subprocess
import uuid

import openstack
import pytest

COMMANDS = {
    point.name.replace("_", " ")
    for point in importlib.metadata.entry_points(group="openstack.image.v2")
}
#: Commands that no test here runs to success, with the reasons.
NOT_OFFERED = {
    "cached image list": "there is no cache beside the stores; refused in a test",
    "cached image queue": "there is no cache beside the stores; refused in a test",
    "cached image clear": "there is no cache beside the stores; refused in a test",
    "image stores list": "one store is not told to clients, as in Glance; refused in a test",
}
succeeded = set()
refused = set()


def command_of(arguments):
    words = [str(one) for one in arguments]
    return max((one for one in COMMANDS if words[:len(one.split())] == one.split()), key=len, default=None)


@pytest.fixture(scope="module")
def cloud(image_cloud):
    """The cloud, which notes the commands that were run."""
    plain = image_cloud.openstack

    def watched(*arguments, cloud="kilonova", check=True):
        result = plain(*arguments, cloud=cloud, check=check)
        failed = isinstance(result, subprocess.CompletedProcess) and result.returncode != 0
        (refused if failed else succeeded).add(command_of(arguments))
        return result

    image_cloud.openstack = watched
    return image_cloud


@pytest.fixture
def data(tmp_path):
    """A file with bytes of no known format."""
    file = tmp_path / "data.raw"
    file.write_bytes(os.urandom(1_500_000))
    return file


def name():
    return f"image-{uuid.uuid4().hex[:8]}"


def create(cloud, data, *more, image=None):
    return cloud.json("image", "create", image or name(), "--disk-format", "raw", "--container-format", "bare",
                      "--file", data, *more)


def queued(cloud):
    """A new image without data. The command line uploads what stands on its input, be it nothing."""
    return openstack.connect(cloud="kilonova").image.create_image(
        name(), disk_format="raw", container_format="bare", allow_duplicates=True).name


def eventually(look, want):
    for _ in range(60):
        found = look()
        if want(found):
            return found
    raise AssertionError(found)


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


def test_data_from_a_pipe_come_in_chunks(cloud):
    payload = os.urandom(9_000_000)
    image = name()
    result = subprocess.run(
        ["openstack", "--os-cloud", "kilonova", "image", "create", image, "--disk-format", "raw",
         "--container-format", "bare", "-f", "json"], input=payload, capture_output=True, timeout=120,
        env={**cloud.env, "OS_CLIENT_CONFIG_FILE": str(cloud.clouds)})
    assert result.returncode == 0, result.stderr
    made = json.loads(result.stdout)
    shown = cloud.json("image", "show", made["id"])
    assert shown["status"] == "active" and shown["size"] == len(payload)
    assert shown["checksum"] == hashlib.md5(payload).hexdigest()
    cloud.openstack("image", "delete", image)


def test_a_list_has_every_image_and_its_filters(cloud):
    library = openstack.connect(cloud="kilonova").image
    names = sorted(name() for _ in range(30))
    for one in names:
        library.create_image(one, tags=["listed"], kind="listed", allow_duplicates=True, disk_format="raw",
                             container_format="bare", validate_checksum=False)
    listed = cloud.json("image", "list", "--tag", "listed", "--sort", "name:asc")
    assert [one["Name"] for one in listed] == names
    assert len(cloud.json("image", "list", "--tag", "listed", "--limit", "7")) == 7
    marker = listed[20]["ID"]
    rest = cloud.json("image", "list", "--tag", "listed", "--marker", marker)
    assert 0 < len(rest) < 30 and marker not in [one["ID"] for one in rest]
    assert [one["Name"] for one in cloud.json("image", "list", "--name", names[3])] == [names[3]]
    assert len(cloud.json("image", "list", "--property", "kind=listed")) == 30
    assert len(cloud.json("image", "list", "--status", "queued", "--long", "--tag", "listed")) == 30
    assert cloud.json("image", "list", "--public", "--tag", "listed") == []
    cloud.openstack("image", "set", "--hidden", names[0])
    assert names[0] not in [one["Name"] for one in cloud.json("image", "list")]
    assert names[0] in [one["Name"] for one in cloud.json("image", "list", "--hidden")]
    # Found by its name all the same.
    assert cloud.json("image", "show", names[0])["name"] == names[0]
    cloud.openstack("image", "delete", *names)


def test_set_and_unset(cloud):
    image = name()
    cloud.openstack("image", "create", image)
    cloud.openstack("image", "set", image, "--name", image + "-b", "--min-ram", "64", "--tag", "x", "--tag", "y",
                    "--property", "a=1", "--property", "b=2", "--protected", "--os-distro", "debian")
    shown = cloud.json("image", "show", image + "-b")
    assert (shown["min_ram"], shown["protected"], sorted(shown["tags"])) == (64, True, ["x", "y"])
    assert (shown["properties"]["a"], shown["properties"]["os_distro"]) == ("1", "debian")
    stuck = cloud.openstack("image", "delete", image + "-b", check=False)
    assert stuck.returncode == 1 and "is protected" in stuck.stderr
    cloud.openstack("image", "unset", image + "-b", "--tag", "x", "--property", "a")
    shown = cloud.json("image", "show", image + "-b")
    assert shown["tags"] == ["y"] and "a" not in shown["properties"] and shown["properties"]["b"] == "2"
    cloud.openstack("image", "set", image + "-b", "--unprotected", "--public")
    assert cloud.json("image", "show", image + "-b", cloud="kilonova-demo")["visibility"] == "public"
    for arguments, reason in (
            (("--name", "mine"), "403"), (("--private",), "403")):
        no = cloud.openstack("image", "set", image + "-b", *arguments, cloud="kilonova-demo", check=False)
        assert no.returncode == 1 and reason in no.stderr, no.stderr
    cloud.openstack("image", "delete", image + "-b")


def test_an_image_is_shared_and_accepted(cloud, data):
    made = create(cloud, data, "--shared")
    project = cloud.json("project", "show", "demo")["id"]
    seen = cloud.openstack("image", "show", made["id"], cloud="kilonova-demo", check=False)
    assert seen.returncode == 1
    cloud.openstack("image", "add", "project", made["id"], project)
    assert cloud.json("image", "member", "list", made["id"])[0]["Status"] == "pending"
    assert cloud.json("image", "member", "get", made["id"], project)["status"] == "pending"
    assert made["id"] not in [one["ID"] for one in cloud.json("image", "list", cloud="kilonova-demo")]
    cloud.openstack("image", "set", "--accept", made["id"], "--project", project, cloud="kilonova-demo")
    assert made["id"] in [one["ID"] for one in cloud.json("image", "list", cloud="kilonova-demo")]
    assert made["id"] in [
        one["ID"] for one in cloud.json("image", "list", "--shared", "--member-status", "accepted", cloud="kilonova-demo")]
    cloud.openstack("image", "set", "--reject", made["id"], "--project", project, cloud="kilonova-demo")
    assert made["id"] not in [one["ID"] for one in cloud.json("image", "list", cloud="kilonova-demo")]
    cloud.openstack("image", "remove", "project", made["id"], project)
    assert cloud.json("image", "member", "list", made["id"]) == []
    cloud.openstack("image", "delete", made["id"])


def test_deactivated_images_are_not_saved(cloud, data, tmp_path):
    made = create(cloud, data, "--community")
    cloud.openstack("image", "set", "--deactivate", made["id"])
    assert cloud.json("image", "show", made["id"])["status"] == "deactivated"
    no = cloud.openstack(
        "image", "save", "--file", tmp_path / "copy", made["id"], cloud="kilonova-demo", check=False)
    assert no.returncode == 1
    cloud.openstack("image", "set", "--activate", made["id"])
    cloud.openstack("image", "save", "--file", tmp_path / "copy", made["id"], cloud="kilonova-demo")
    assert (tmp_path / "copy").read_bytes() == data.read_bytes()
    cloud.openstack("image", "delete", made["id"])


def test_import_of_staged_data(cloud, data):
    made = create(cloud, data, "--import")
    shown = eventually(lambda: cloud.json("image", "show", made["id"]), lambda one: one["status"] == "active")
    assert shown["checksum"] == hashlib.md5(data.read_bytes()).hexdigest()
    assert "web-download" in json.dumps(cloud.json("image", "import", "info"))
    tasks = cloud.json("image", "task", "list", "--sort-key", "created_at", "--sort-dir", "asc", "--status",
                       "success")
    task = next(one for one in tasks if one["Type"] == "api_image_import")
    assert cloud.json("image", "task", "show", task["ID"])["type"] == "api_image_import"
    cloud.openstack("image", "delete", made["id"])


def test_stage_and_import_one_after_the_other(cloud, data):
    image = queued(cloud)
    early = cloud.openstack("image", "import", image, "--method", "glance-direct", check=False)
    assert early.returncode == 1 and ("staged" in early.stderr or "status" in early.stderr), early.stderr
    cloud.openstack("image", "stage", image, "--file", data)
    assert cloud.json("image", "show", image)["status"] == "uploading"
    cloud.openstack("image", "import", image, "--method", "glance-direct")
    shown = eventually(lambda: cloud.json("image", "show", image), lambda one: one["status"] == "active")
    assert shown["checksum"] == hashlib.md5(data.read_bytes()).hexdigest()
    cloud.openstack("image", "delete", image)


def test_nothing_is_fetched_from_inside(cloud):
    image = queued(cloud)
    # The command does not look at the answer.
    cloud.openstack("image", "import", image, "--method", "web-download", "--uri", "http://127.0.0.1/x")
    library = openstack.connect(cloud="kilonova").image
    shown = library.get_image(library.find_image(image, ignore_missing=False))
    assert shown.status == "queued" and not list(library.image_tasks(shown))
    for uri in ("http://127.0.0.1/x", "http://169.254.169.254/latest", "http://[::1]/x", "file:///etc/passwd"):
        body = {"method": {"name": "web-download", "uri": uri}}
        answer = library.post(f"/images/{shown.id}/import", json=body)
        assert answer.status_code == 400 and "does not pass filtering" in answer.text, answer.text
    library.delete_image(shown)


def test_a_name_that_leads_inside_is_not_fetched_either(cloud):
    image = queued(cloud)
    cloud.openstack("image", "import", image, "--method", "web-download", "--uri", "http://localhost/x")
    shown = eventually(lambda: cloud.json("image", "show", image), lambda one: one["status"] == "queued")
    assert shown.get("size") is None
    cloud.openstack("image", "delete", image)


def test_data_of_another_format_are_refused_and_told(cloud, data):
    no = cloud.openstack("image", "create", name(), "--disk-format", "qcow2", "--container-format", "bare",
                         "--file", data, check=False)
    assert no.returncode == 1
    assert "415" in no.stderr or "Unsupported Media Type" in no.stderr, no.stderr


def test_definitions_of_metadata(cloud):
    space = f"OS::Test::{uuid.uuid4().hex[:6]}"
    definitions = ("image", "metadef")
    made = cloud.json(*definitions, "namespace", "create", space, "--public", "--display-name", "Test", "--description", "d")
    assert made["namespace"] == space and made["visibility"] == "public"
    assert space in [one["namespace"] for one in cloud.json(*definitions, "namespace", "list", cloud="kilonova-demo")]
    # Glance takes what is not said as its default.
    cloud.openstack(*definitions, "namespace", "set", space, "--display-name", "Other", "--public", "--tag", "t")
    shown = cloud.json(*definitions, "namespace", "show", space)
    assert shown["display_name"] == "Other"
    cloud.openstack(*definitions, "namespace", "unset", space, "--tag", "t")

    schema = json.dumps({"enum": ["a", "b"]})
    cloud.openstack(*definitions, "property", "create", space, "--name", "hw_x", "--title", "X", "--type", "string",
                    "--schema", schema)
    assert [one["name"] for one in cloud.json(*definitions, "property", "list", space)] == ["hw_x"]
    assert cloud.json(*definitions, "property", "show", space, "hw_x")["title"] == "X"
    cloud.openstack(*definitions, "property", "set", space, "hw_x", "--title", "Y")
    assert cloud.json(*definitions, "property", "show", space, "hw_x")["title"] == "Y"

    cloud.openstack(*definitions, "object", "create", "--namespace", space, "thing")
    assert [one["name"] for one in cloud.json(*definitions, "object", "list", space)] == ["thing"]
    assert cloud.json(*definitions, "object", "show", space, "thing")["name"] == "thing"
    cloud.openstack(*definitions, "object", "update", space, "thing", "--name", "other")
    openstack.connect(cloud="kilonova").image.update_metadef_object(
        "other", space, name="other", properties={"p": {"title": "P", "type": "integer"}})
    assert cloud.json(*definitions, "object", "property", "show", space, "other", "p")["title"] == "P"

    assert "OS::Glance::Image" in [one["Name"] for one in cloud.json(*definitions, "resource", "type", "list")]
    association = (*definitions, "resource", "type", "association")
    cloud.openstack(*association, "create", space, "OS::Glance::Image")
    assert cloud.json(*association, "list", space)[0]["Name"] == "OS::Glance::Image"
    cloud.openstack(*association, "delete", space, "OS::Glance::Image")

    cloud.openstack(*definitions, "object", "delete", space, "other")
    cloud.openstack(*definitions, "property", "delete", space, "hw_x")
    cloud.openstack(*definitions, "namespace", "delete", space)
    gone = cloud.openstack(*definitions, "namespace", "show", space, check=False)
    assert gone.returncode == 1


def test_what_is_not_offered_says_so(cloud):
    image = name()
    cloud.openstack("image", "create", image)
    for arguments in (("list",), ("queue", image), ("delete", image), ("clear",)):
        no = cloud.openstack("cached", "image", *arguments, check=False)
        # What is not there is deleted, as the command line sees it.
        assert arguments[0] == "delete" or no.returncode == 1 and any(
            words in no.stderr for words in ("not supported", "Failed to clear image cache")), (arguments, no.stderr)
    no = cloud.openstack("image", "stores", "list", check=False)
    assert no.returncode == 1 and "Multi Backend support not enabled" in no.stderr or "not supported" in no.stderr, no.stderr
    cloud.openstack("image", "delete", image)


def test_every_command_was_run(request):
    """After the others: what the installed client can do is what was done."""
    here = {item.name for item in request.session.items if item.fspath == request.fspath}
    if not all(any(one.startswith(test) for one in here) for test in globals() if test.startswith("test_")):
        pytest.skip("only with all tests of this file")
    assert len(COMMANDS) > 40
    assert COMMANDS - succeeded - NOT_OFFERED.keys() == set()
    assert NOT_OFFERED.keys() <= COMMANDS
    assert NOT_OFFERED.keys() <= refused and not NOT_OFFERED.keys() & succeeded
