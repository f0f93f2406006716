"""The key manager, driven by python-barbicanclient's `openstack secret …`, and the signatures of images that are verified with it."""

import base64
import os
import subprocess
import uuid

import pytest

from conftest import Kilonova

ENABLED = "[identity, placement, accelerator, key_manager, image]"


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    """A control plane of its own, with secrets and images."""
    server = Kilonova(
        tmp_path_factory.mktemp("secrets"), "--no-agent", env={"KILONOVA_SERVICES__ENABLED": ENABLED}).start()
    yield server
    code = server.stop()
    assert code == 0, server.log()
    assert not server.differing(), "\n".join(server.differing())


def store(cloud, *arguments, **options):
    return cloud.json("secret", "store", *arguments, **options)["Secret href"]


def test_a_secret_is_stored_shown_read_and_deleted(cloud, tmp_path):
    name = f"secret-{uuid.uuid4().hex[:8]}"
    made = store(cloud, "--name", name, "--secret-type", "passphrase", "--payload", "open sesame",
                 "--expiration", "2099-01-01T00:00:00")
    assert made.startswith(f"{cloud.url}/key-manager/v1/secrets/")
    shown = cloud.json("secret", "get", made)
    assert (shown["Name"], shown["Status"], shown["Secret type"]) == (name, "ACTIVE", "passphrase")
    assert shown["Content types"] == {"default": "application/octet-stream"}
    assert shown["Expiration"].startswith("2099-01-01T00:00:00")
    copy = tmp_path / "copy"
    cloud.openstack("secret", "get", made, "--file", copy, "--payload_content_type", "application/octet-stream")
    assert copy.read_bytes() == b"open sesame"
    assert cloud.json("secret", "get", made, "--payload")["Payload"] == "open sesame"
    cloud.openstack("secret", "delete", made)
    gone = cloud.openstack("secret", "get", made, check=False)
    assert gone.returncode == 1 and "Secret not found" in gone.stderr, gone.stderr


def test_a_payload_may_come_later(cloud):
    made = store(cloud, "--name", "later")
    cloud.openstack("secret", "update", made, "text")
    assert cloud.json("secret", "get", made, "--payload")["Payload"] == "text"
    again = cloud.openstack("secret", "update", made, "other", check=False)
    assert again.returncode == 1 and "already has data" in again.stderr, again.stderr
    cloud.openstack("secret", "delete", made)


def test_a_list_is_the_projects(cloud):
    name = f"listed-{uuid.uuid4().hex[:8]}"
    made = [store(cloud, "--name", name, "--payload", f"{number}") for number in range(3)]
    listed = cloud.json("secret", "list", "--name", name)
    assert sorted(one["Secret href"] for one in listed) == sorted(made)
    assert len(cloud.json("secret", "list", "--name", name, "--limit", "2")) == 2
    assert len(cloud.json("secret", "list", "--name", name, "--limit", "2", "--offset", "2")) == 1
    assert cloud.json("secret", "list", "--name", name, cloud="kilonova-demo") == []
    foreign = cloud.openstack("secret", "get", made[0], cloud="kilonova-demo", check=False)
    assert foreign.returncode == 1 and "Secret not found" in foreign.stderr, foreign.stderr
    for one in made:
        cloud.openstack("secret", "delete", one)


def test_no_payload_is_in_the_database(cloud):
    mark = uuid.uuid4().hex
    made = store(cloud, "--payload", mark)
    for file in cloud.data_dir.glob("kilonova.sqlite*"):
        content = file.read_bytes()
        assert mark.encode() not in content and base64.b64encode(mark.encode()) not in content, file
    keys = cloud.data_dir / "master-keys"
    assert keys.stat().st_mode & 0o077 == 0
    assert [(key.name, key.stat().st_mode & 0o077) for key in keys.iterdir()] == [("1.key", 0)]
    cloud.openstack("secret", "delete", made)


@pytest.fixture(scope="module")
def signer(tmp_path_factory):
    """Signs files; its certificate lies beside its key."""
    folder = tmp_path_factory.mktemp("signer")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "signer.pem",
         "-subj", "/CN=signer", "-days", "30"], cwd=folder, check=True, capture_output=True)

    def sign(file):
        made = subprocess.run(
            ["openssl", "dgst", "-sha256", "-sign", "key.pem", "-sigopt", "rsa_padding_mode:pss", "-sigopt",
             "rsa_pss_saltlen:max", str(file)], cwd=folder, check=True, capture_output=True)
        return base64.b64encode(made.stdout).decode()

    sign.certificate = folder / "signer.pem"
    return sign


@pytest.fixture
def data(tmp_path):
    """A file with bytes of no known format."""
    file = tmp_path / "data.raw"
    file.write_bytes(os.urandom(700_000))
    return file


def upload(cloud, file, signature, certificate, *more, check=True, account="kilonova"):
    properties = {
        "img_signature": signature, "img_signature_hash_method": "SHA-256", "img_signature_key_type": "RSA-PSS",
        "img_signature_certificate_uuid": certificate.rsplit("/", 1)[-1],
    }
    arguments = [word for name, value in properties.items() for word in ("--property", f"{name}={value}")]
    return cloud.openstack(
        "image", "create", f"image-{uuid.uuid4().hex[:8]}", "--disk-format", "raw", "--container-format", "bare",
        "--file", file, *arguments, *more, "-f", "json", cloud=account, check=check)


def test_a_signed_image_is_verified(cloud, signer, data, tmp_path):
    certificate = store(cloud, "--name", "signer", "--secret-type", "certificate", "--file", signer.certificate)
    made = upload(cloud, data, signer(data), certificate)
    assert made["status"] == "active" and made["size"] == data.stat().st_size

    other = tmp_path / "other.raw"
    other.write_bytes(data.read_bytes() + b"x")
    refused = upload(cloud, other, signer(data), certificate, check=False)
    assert refused.returncode == 1
    assert "400" in refused.stderr or "Bad Request" in refused.stderr, refused.stderr
    # The client deletes what it could not fill.
    assert [one["ID"] for one in cloud.json("image", "list")] == [made["id"]]

    imported = upload(cloud, data, signer(data), certificate, "--import")
    for _ in range(50):
        shown = cloud.json("image", "show", imported["id"])
        if shown["status"] == "active":
            break
    assert shown["status"] == "active"
    cloud.openstack("image", "delete", made["id"], imported["id"])
    cloud.openstack("secret", "delete", certificate)


def test_a_certificate_of_another_project_verifies_nothing(cloud, signer, data):
    certificate = store(cloud, "--secret-type", "certificate", "--file", signer.certificate)
    refused = upload(cloud, data, signer(data), certificate, check=False, account="kilonova-demo")
    assert refused.returncode == 1, refused.stdout
    cloud.openstack("secret", "delete", certificate)
