#!/usr/bin/env python3
"""Measures the cost of a layout change on a host whose 1,000 virtual functions are all bound.

    run.py KILONOVA [COUNT]

Runs `KILONOVA dev` on SQLite with the recording of a made-up host, binds every function over HTTP, and changes the layout to groups and
back by restarts. Prints how long each conversion took, from the agent's log, and how long the preview took, including the start of the
program. Fails if an allocation or a bound request has changed.
"""
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid

BAR = 2.0


def recording(path, count):
    """A host with `count` virtual functions of eight physical ones, four on each of two nodes."""
    lines = ["kilonova-host 1", "# Made up for the benchmark of layouts."]
    devices, folders = [], []
    each = (count + 7) // 8
    left = count
    for card in range(8):
        number = min(each, left)
        left -= number
        node, physical = card // 4, f"0000:{0x10 + card * 8:02x}:00.0"
        root = f"/sys/devices/pci0000:{0x10 + card * 8:02x}"
        virtual = []
        for index in range(number):
            bus, rest = 0x11 + card * 8 + index // 256, index % 256
            virtual.append(f"0000:{bus:02x}:{rest // 8:02x}.{rest % 8}")
        common = [
            " f class\t0x030200\\n", " f device\t0x20b5\\n", " f driver_override\t(null)\\n", f" f numa_node\t{node}\\n",
            " f reset_method\tflr\\n", " f vendor\t0x10de\\n",
        ]
        folders.append(f"{root}/{physical}")
        folders += common + [
            f" f sriov_numvfs\t{number}\\n", f" f sriov_totalvfs\t{number}\\n", " f sriov_drivers_autoprobe\t1\\n",
        ] + [f" l virtfn{index}\t../{name}" for index, name in enumerate(virtual)]
        devices.append((physical, root))
        for name in virtual:
            folders.append(f"{root}/{name}")
            folders += common + [f" l physfn\t../{physical}"]
            devices.append((name, root))
    lines += ["/proc/sys/kernel", " f hostname\tlarge\\n", "/sys/bus/pci/devices"]
    lines += [f" l {name}\t../../../{root[5:]}/{name}" for name, root in devices]
    with open(path, "w") as file:
        file.write("\n".join(lines + folders) + "\n")


class Cloud:
    """A development cloud that runs inside a `with` block."""

    def __init__(self, program, folder, host, layout):
        self.folder = folder
        config = f"{folder}/{layout}.yaml"
        with open(config, "w") as file:
            file.write(
                f"agent: {{enabled_drivers: [pci], periodic_interval: 5s, provider_layout: {layout}}}\n"
                'pci: {device_spec: [{vendor_id: "10de", resource_class: CUSTOM_GPU_VF}]}\n')
        self.command = [
            program, "dev", "--data-dir", f"{folder}/data", "--listen", "127.0.0.1:0", "--no-agent",
            "--recorded-host", host, "--config", config]
        self.log = f"{folder}/{layout}-{uuid.uuid4().hex[:6]}.log"

    def __enter__(self):
        self.errors = open(self.log, "w")
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=self.errors, text=True)
        line = self.process.stdout.readline().split()
        if len(line) != 2 or line[0] != "ready":
            raise SystemExit(f"the control plane did not start: {open(self.log).read()[-2000:]}")
        self.url = line[1]
        self.admin, self.demo, self.service = (
            self.token(*who) for who in (("admin", "admin"), ("demo", "demo"), ("nova", "service")))
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        self.errors.close()

    def token(self, user, project):
        name = {"nova": "service"}.get(user, user)
        password = open(f"{self.folder}/data/{name}-password").readline().strip()
        body = {"auth": {
            "identity": {"methods": ["password"], "password": {"user": {
                "name": user, "password": password, "domain": {"id": "default"}}}},
            "scope": {"project": {"name": project, "domain": {"id": "default"}}}}}
        request = urllib.request.Request(
            self.url + "/identity/v3/auth/tokens", json.dumps(body).encode(), {"Content-Type": "application/json"})
        return urllib.request.urlopen(request).headers["X-Subject-Token"]

    def call(self, method, path, body=None, token=None, headers=None):
        version = "placement 1.39" if path.startswith("/placement") else "accelerator 2.3"
        request = urllib.request.Request(
            self.url + path, None if body is None else json.dumps(body).encode(), method=method, headers={
                "X-Auth-Token": token or self.admin, "Content-Type": "application/json",
                "OpenStack-API-Version": version, **(headers or {})})
        with urllib.request.urlopen(request) as answer:
            text = answer.read()
        return json.loads(text) if text else {}

    def providers(self):
        return self.call("GET", "/placement/resource_providers")["resource_providers"]

    def until(self, condition, patience=300):
        end = time.time() + patience
        while time.time() < end:
            if condition():
                return
            time.sleep(0.2)
        raise SystemExit(f"a condition was not met within {patience} s: {open(self.log).read()[-2000:]}")

    def took(self):
        """Seconds that the conversion took, from the agent's log."""
        for line in open(self.log):
            if "the layout is changed" in line:
                return float(line.split("seconds=")[1].split()[0])
        return None

    def bound(self):
        requests = self.call(
            "GET", "/accelerator/v2/accelerator_requests", token=self.demo, headers={"X-Service-Token": self.service})
        return {
            one["uuid"]: (one["state"], one["instance_uuid"], json.dumps(one["attach_handle_info"], sort_keys=True))
            for one in requests["arqs"]}


def main():
    program, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    folder = tempfile.mkdtemp(prefix="kilonova-reshape-")
    host = f"{folder}/large.host"
    recording(host, count)
    with Cloud(program, folder, host, "legacy") as cloud:
        cloud.until(lambda: len(cloud.providers()) == count + 1)
        cloud.until(lambda: len(cloud.call(
            "GET", f"/placement/allocation_candidates?resources=CUSTOM_GPU_VF:1&limit={count}"
        )["allocation_requests"]) == count)
        cloud.call("POST", "/accelerator/v2/device_profiles", [
            {"name": "vf", "groups": [{"resources:CUSTOM_GPU_VF": "1"}]}])
        begun = time.time()
        for provider in cloud.providers():
            if "_" not in provider["name"]:
                continue
            instance = str(uuid.uuid4())
            cloud.call("PUT", f"/placement/allocations/{instance}", {
                "allocations": {provider["uuid"]: {"resources": {"CUSTOM_GPU_VF": 1}}}, "project_id": "p",
                "user_id": "u", "consumer_generation": None, "consumer_type": "INSTANCE"})
            request = cloud.call(
                "POST", "/accelerator/v2/accelerator_requests", {"device_profile_name": "vf"}, cloud.demo
            )["arqs"][0]["uuid"]
            cloud.call("PATCH", "/accelerator/v2/accelerator_requests", {request: [
                {"op": "add", "path": "/hostname", "value": "large"},
                {"op": "add", "path": "/device_rp_uuid", "value": provider["uuid"]},
                {"op": "add", "path": "/instance_uuid", "value": instance}]}, cloud.demo,
                {"X-Service-Token": cloud.service})
        cloud.until(lambda: all(one[0] == "Bound" for one in cloud.bound().values()))
        before = cloud.bound()
        print(f"{len(before)} functions bound in {time.time() - begun:.1f} s")
    start = time.time()
    preview = subprocess.run(
        [program, "host", "reshape", "--preview", "--to", "grouped", "--recorded-host", host, "--config",
         f"{folder}/legacy.yaml"], capture_output=True, text=True, check=True).stdout
    spent = time.time() - start
    print(f"preview: {spent:.2f} s including the start of the program; bar {BAR} s ({preview.count(' goes to ')} providers move)")
    fine = spent <= BAR
    for layout, groups in (("grouped", 2), ("legacy", count)):
        with Cloud(program, folder, host, layout) as cloud:
            cloud.until(lambda: cloud.took() is not None and len(cloud.providers()) == groups + 1)
            after = cloud.bound()
            used = sum(
                cloud.call("GET", f"/placement/resource_providers/{provider['uuid']}/usages")["usages"].get(
                    "CUSTOM_GPU_VF", 0)
                for provider in cloud.providers())
            lost = [one for one in before if after.get(one) != before[one]]
            print(f"to {layout}: {cloud.took():.2f} s; bar {BAR} s; {used} units held, {len(lost)} requests changed")
            fine = fine and not lost and used == count and cloud.took() <= BAR
    print("all within the bars" if fine else "NOT within the bars")
    return 0 if fine else 1


sys.exit(main())
