"""Images in an S3-compatible object store: the whole program on moto's server, which is not Kilonova's own."""

import hashlib
import os
import re
import socket
import subprocess
import sys
import time

import pytest
import requests
import yaml

from conftest import BINARY, Kilonova

BUCKET = "images"
PART = 5 << 20
PATIENCE = 90


class ObjectServer:
    """A running moto server with one bucket."""

    def __init__(self, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
            stdout=open(folder / "moto.log", "wb"), stderr=subprocess.STDOUT)
        until(lambda: self.answers())
        # Signed with anything: moto reads only for whom a request is.
        self.headers = {"Authorization": "AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/s3/aws4_request, "
                                         "SignedHeaders=host, Signature=0"}
        assert requests.put(f"{self.url}/{BUCKET}", headers=self.headers, timeout=20).status_code == 200

    def answers(self):
        try:
            return requests.get(self.url, timeout=5).status_code < 500
        except requests.ConnectionError:
            return False

    def keys(self, prefix="blobs/"):
        page = requests.get(f"{self.url}/{BUCKET}?list-type=2&prefix={prefix}", headers=self.headers, timeout=20).text
        return re.findall("<Key>([^<]*)</Key>", page)

    def uploads(self):
        page = requests.get(f"{self.url}/{BUCKET}?uploads", headers=self.headers, timeout=20).text
        return re.findall("<UploadId>([^<]*)</UploadId>", page)

    def read(self, key):
        return requests.get(f"{self.url}/{BUCKET}/{key}", headers=self.headers, timeout=20).content

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=20)


class Images:
    """The image service as its administrator uses it, with plain requests."""

    def __init__(self, server):
        self.server = server
        self.session = requests.Session()
        cloud = yaml.safe_load(server.clouds.read_text())["clouds"]["kilonova"]["auth"]
        user = {"name": cloud["username"], "password": cloud["password"],
                "domain": {"name": cloud.get("user_domain_name", "Default")}}
        project = {"name": cloud["project_name"], "domain": {"name": cloud.get("project_domain_name", "Default")}}
        answer = requests.post(f"{server.url}/identity/v3/auth/tokens", timeout=20, json={"auth": {
            "identity": {"methods": ["password"], "password": {"user": user}}, "scope": {"project": project}}})
        assert answer.status_code == 201, answer.text
        self.session.headers["X-Auth-Token"] = answer.headers["X-Subject-Token"]

    def call(self, method, path, **more):
        return self.session.request(method, f"{self.server.url}/image/v2{path}", timeout=120, **more)

    def create(self):
        answer = self.call("POST", "/images", json={"disk_format": "raw", "container_format": "bare"})
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def upload(self, data, **headers):
        image = self.create()
        answer = self.call("PUT", f"/images/{image}/file", data=data,
                           headers={"Content-Type": "application/octet-stream", **headers})
        assert answer.status_code == 204, f"{answer.text}\n{self.server.log()}"
        return image

    def show(self, image):
        return self.call("GET", f"/images/{image}").json()


def until(done):
    """Returns when `done` answers something true."""
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit:
        result = done()
        if result:
            return result
        time.sleep(0.2)
    raise AssertionError(f"not within {PATIENCE} s")


def variables(folder, objects):
    secret = folder / "s3.secret"
    secret.write_text("any secret\n")
    secret.chmod(0o600)
    stores = [
        {"name": "deep", "type": "s3", "s3_store_host": objects.url, "s3_store_bucket": BUCKET, "s3_store_access_key": "AKID",
         "s3_store_secret_key_file": str(secret), "s3_store_large_object_chunk_size": str(PART >> 20)},
        {"name": "near", "type": "file", "filesystem_store_datadir": str(folder / "near")},
    ]
    return {
        "KILONOVA_SERVICES__ENABLED": "[identity, placement, accelerator, image]",
        "KILONOVA_IMAGE__STORES": yaml.safe_dump(stores, default_flow_style=True),
        "KILONOVA_IMAGE__UPLOAD_SILENCE": "6s", "KILONOVA_IMAGE__LOCATION_LINK_LIFETIME": "300s",
    }


@pytest.fixture(scope="module")
def objects(tmp_path_factory):
    server = ObjectServer(tmp_path_factory.mktemp("objects"))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def server(objects, tmp_path_factory):
    folder = tmp_path_factory.mktemp("images")
    server = Kilonova(folder, "--no-agent", env=variables(folder, objects)).start()
    yield server
    assert server.stop() == 0, server.log()
    assert not server.differing(), "\n".join(server.differing())


@pytest.fixture
def images(server):
    return Images(server)


def test_data_go_there_in_parts_and_back(images, objects):
    data = os.urandom(2 * PART + 12_345)
    before = set(objects.keys())
    image = images.upload(data)
    shown = images.show(image)
    assert (shown["status"], shown["size"], shown["stores"]) == ("active", len(data), "deep")
    assert shown["os_hash_value"] == hashlib.sha512(data).hexdigest()
    [key] = set(objects.keys()) - before
    assert objects.read(key) == data and objects.uploads() == []
    assert images.call("GET", f"/images/{image}/file").content == data
    part = images.call("GET", f"/images/{image}/file", headers={"Range": f"bytes={PART - 5}-{PART + 4}"})
    assert part.status_code == 206 and part.content == data[PART - 5:PART + 5]
    images.upload(data)
    assert set(objects.keys()) - before == {key}


def test_data_of_unknown_length_and_none(images):
    data = os.urandom(700_001)
    image = images.upload(data[start:start + 65536] for start in range(0, len(data), 65536))
    assert images.call("GET", f"/images/{image}/file").content == data
    empty = images.upload(b"")
    assert images.show(empty)["size"] == 0 and images.call("GET", f"/images/{empty}/file").content == b""


def test_copies_between_a_folder_and_the_bucket(images, objects):
    data = os.urandom(PART + 1)
    image = images.upload(data, **{"X-Image-Meta-Store": "near"})
    assert images.show(image)["stores"] == "near"
    answer = images.call("POST", f"/images/{image}/import", json={"method": {"name": "copy-image"}, "stores": ["deep"]})
    assert answer.status_code == 202, answer.text
    until(lambda: "os_glance_import_task" not in images.show(image))
    assert set(images.show(image)["stores"].split(",")) == {"near", "deep"}
    for store in ["near", "deep"]:
        assert images.call("GET", f"/images/{image}/file?prefer={store}").content == data
    assert images.call("DELETE", f"/stores/near/{image}").status_code == 204
    assert images.call("GET", f"/images/{image}/file").content == data
    listed = images.call("GET", "/info/stores/detail").json()["stores"]
    assert [(one["id"], one["type"], one.get("default")) for one in listed] == [("deep", "s3", "true"), ("near", "file", None)]


def test_a_link_is_read_without_keys(images):
    data = os.urandom(1000)
    image = images.upload(data)
    [location] = images.call("GET", f"/images/{image}/locations").json()
    assert location["metadata"] == {"store": "deep"} and "X-Amz-Signature=" in location["url"]
    assert requests.get(location["url"], timeout=20).content == data


def test_an_upload_that_dies_leaves_nothing(objects, tmp_path):
    env = variables(tmp_path, objects)
    env["KILONOVA_IMAGE__STORES"] = env["KILONOVA_IMAGE__STORES"].replace("type: s3", "type: s3, s3_store_prefix: dying")
    server = Kilonova(tmp_path, "--no-agent", env=env).start()
    images = Images(server)
    image = images.create()

    def pieces():
        for _ in range(PART // 65536 + 4):
            yield os.urandom(65536)
        until(objects.uploads)
        server.kill()
        yield b""

    with pytest.raises(requests.ConnectionError):
        images.call("PUT", f"/images/{image}/file", data=pieces(), headers={"Content-Type": "application/octet-stream"})
    assert objects.uploads()
    server.start()
    images = Images(server)
    until(lambda: images.show(image)["status"] == "queued")
    until(lambda: not objects.uploads())
    assert objects.keys("dying/blobs/") == []
    assert server.stop() == 0, server.log()


def test_a_bucket_that_is_not_there_is_told_at_the_start(objects, tmp_path):
    env = variables(tmp_path, objects)
    env["KILONOVA_IMAGE__STORES"] = env["KILONOVA_IMAGE__STORES"].replace(f"s3_store_bucket: {BUCKET}", "s3_store_bucket: nowhere")
    ended = subprocess.run(
        [BINARY, "dev", "--data-dir", str(tmp_path), "--listen", "127.0.0.1:0", "--no-agent"], env={**os.environ, **env},
        capture_output=True, text=True, timeout=PATIENCE)
    said = ended.stdout + ended.stderr
    assert ended.returncode != 0 and "'nowhere' is not there" in said and "any secret" not in said, said
