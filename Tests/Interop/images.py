"""Nova makes an image of a server, and Kilonova loads one onto a device, from whichever image service the cloud has."""
import hashlib
import os

from lifecycle import PROMPT, expect
from stack.processes import eventually

PROVIDER = f"{PROMPT}_logic0"


def snapshot(lifecycle):
    """Nova's fake hypervisor uploads no data: the record is what can be looked at."""
    with lifecycle.report.step("image: Nova makes one of a server, with what the image of the server said of itself"):
        lifecycle.openstack("admin", "image", "set", "tiny", "--property", "hw_rng_model=virtio")
        lifecycle.use(PROMPT)
        server = lifecycle.create("pictured", "one")
        lifecycle.openstack("demo", "server", "image", "create", "--name", "picture", "pictured")
        made = lifecycle.cloud.demo.image.find_image("picture", ignore_missing=False)
        shown = lifecycle.openstack_json("demo", "image", "show", made.id)
        properties = shown["properties"]
        expect(properties.get("instance_uuid") == server and properties.get("image_type") == "snapshot", f"the image: {shown}")
        expect(properties.get("base_image_ref") == lifecycle.cloud.demo.image.find_image("tiny").id, f"the image: {shown}")
        expect(properties.get("hw_rng_model") == "virtio", f"the image inherited {properties}")
        eventually("the task to end", lambda: lifecycle.server(server).task_state is None)
        expect(shown["visibility"] == "private", f"the image is {shown['visibility']}")
        lifecycle.openstack("demo", "image", "delete", made.id)
        lifecycle.openstack("demo", "server", "delete", "--wait", "pictured")
        lifecycle.lets_go(server)


def program(lifecycle, device_folder):
    """`device_folder` is where the external driver of the prompt host keeps what is on its device."""
    with lifecycle.report.step("image: loaded onto a device, from the image service of the cloud") as note:
        data = os.urandom(3 << 20)
        path = os.path.join(lifecycle.processes.folder, "logic.bin")
        with open(path, "wb") as file:
            file.write(data)
        lifecycle.openstack("admin", "image", "create", "logic", "--disk-format", "raw", "--container-format", "bare", "--public",
                            "--property", "accel:type=FPGA", "--file", path)
        image = lifecycle.cloud.admin.image.find_image("logic", ignore_missing=False)
        accelerator = lifecycle.cloud.admin.accelerator
        deployable = eventually("the deployable", lambda: next(
            (one for one in accelerator.deployables() if one.name == PROVIDER), None), 60)
        answer = accelerator.patch(
            f"/deployables/{deployable.id}/program", headers={"OpenStack-API-Version": "accelerator 2.6"},
            json=[{"path": "/program", "op": "replace", "value": [{"image_uuid": image.id}]}])
        expect(answer.status_code == 202, f"the request to load it: {answer.status_code} {answer.text[:300]}")

        def ended():
            answer = accelerator.get(
                f"/deployables/{deployable.id}/programmings", headers={"OpenStack-API-Version": "accelerator 2.6"})
            expect(answer.ok, f"the loadings: {answer.status_code} {answer.text[:300]}")
            newest = answer.json()["programmings"][0]
            return newest if newest["status"] in ("done", "failed") else None

        loading = eventually("the loading to end", ended, 60)
        expect(loading["status"] == "done", f"the loading: {loading}")
        with open(f"{device_folder}/logic") as file:
            expect(file.read() == hashlib.sha256(data).hexdigest(), "other data are on the device")
        traits = lifecycle.cloud.admin.placement.get(
            f"/resource_providers/{lifecycle.cloud.admin.placement.find_resource_provider(PROVIDER).id}/traits",
            microversion="1.6").json()["traits"]
        expect("CUSTOM_LOGIC_LOADED" in traits, f"Placement has the traits {traits}")
        shown = accelerator.get(f"/deployables/{deployable.id}").json()
        expect(shown["bitstream_id"] == image.id, f"the deployable: {shown}")
        lifecycle.openstack("admin", "image", "delete", image.id)
        note(f"{len(data)} bytes")
