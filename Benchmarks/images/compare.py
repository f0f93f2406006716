#!/usr/bin/env python3
"""Compares Kilonova's image service with Glance 33.0.0, one after the other in one run: CPU time and memory.

    compare.py --original VENV [--kilonova .build/release/kilonova] [--size 2048] [--images 1000]

VENV is a virtual environment with glance, uWSGI and PyMySQL. Counted for Glance: the processes of uWSGI, and MariaDB. Counted for Kilonova: its
only process, with SQLite in it. Both keep data in files on the same disk, below the folder for temporary files, which needs 10 GB for 2 GiB.
Both hash with MD5 and SHA-512 and inspect formats while data arrive. Exit status 1 if a bar is missed.
"""
import argparse
import hashlib
import json
import os
import statistics
import struct
import sys
import threading
import time

import servers
from client import Client, timed
from servers import processes

MEBIBYTE = 1 << 20
# How many times Kilonova's CPU time the original's must be at least.
BARS = {"list of a page of 1000": 100, "show": 100, "upload, raw": 4, "download, raw": 4, "upload, qcow2": 4, "download, qcow2": 4}
# The most memory in MB that may be resident in Kilonova while data arrive.
MEMORY_BAR = 100
AT_ONCE, SIZE_AT_ONCE = 32, 64


class Sources:
    """Files to upload: bytes of no format, and the same behind a head of qcow2."""

    def __init__(self, folder, size):
        self.size = size
        block = os.urandom(64 * MEBIBYTE)
        self.raw = self.write(f"{folder}/source.raw", b"", block, size + MEBIBYTE)
        # Version 3 without a backing file: clusters of 64 KiB, a disk of the file's size, the first tables behind the head.
        head = struct.pack(">4sIQIIQIIQQIIQQQQII", b"QFI\xfb", 3, 0, 0, 16, size, 0, size // (1 << 29) + 1, 3 << 16, 1 << 16, 1, 0, 0,
                           0, 0, 0, 4, 104)
        self.qcow2 = self.write(f"{folder}/source.qcow2", head, block, size)

    @staticmethod
    def write(path, head, block, size):
        with open(path, "wb") as file:
            file.write(head + bytes(65536 - len(head)) if head else b"")
            while file.tell() < size:
                file.write(block[:size - file.tell()])
        return open(path, "rb")

    def of(self, form):
        return self.raw if form == "raw" else self.qcow2


class Side:
    """The measurements of one server."""

    def __init__(self, server, sources, arguments):
        self.server, self.sources, self.arguments = server, sources, arguments
        self.client = Client(server)
        self.figures = {}

    def new(self, name, form="raw"):
        return self.client.ask("POST", "/v2/images", {
            "name": name, "disk_format": form, "container_format": "bare", "min_disk": 1, "min_ram": 512, "os_distro": "debian",
            "hw_disk_bus": "virtio", "tags": ["stable", "cloud"]})["id"]

    def delete(self, image):
        self.client.ask("DELETE", f"/v2/images/{image}")

    def note(self, name, before, amount, unit, times):
        after = self.server.cpu()
        spent = [end - begin for begin, end in zip(before, after)]
        self.figures[name] = {"cpu": sum(spent) / amount, "server": spent[0] / amount, "database": spent[1] / amount, "unit": unit,
                              "p50": statistics.median(times)}
        scale, shown = (1000, "ms a request") if unit == "request" else (1, "s per GiB")
        print(f"{self.server.name:10} {name:26} CPU {spent[0] / amount * scale:9.3f} + {spent[1] / amount * scale:7.3f} {shown:14} "
              f"p50 {statistics.median(times) * 1000:10.2f} ms of {len(times)}", flush=True)

    def requests(self, name, path, count, expect=None):
        """Requests one after the other, after as many as warm every process of the server."""
        for _ in range(max(self.arguments.workers * 2, count // 10)):
            self.client.ask("GET", path, expect=expect)
        before = self.server.cpu()
        times = [timed(lambda: self.client.ask("GET", path, expect=expect)) for _ in range(count)]
        self.note(name, before, count, "request", times)

    def records(self, lists, shows):
        count = self.arguments.images
        begin = time.perf_counter()
        images = [self.new(f"image-{number:04}") for number in range(count)]
        for number, image in enumerate(images):
            self.client.upload(f"/v2/images/{image}/file", self.sources.raw, number * 512, 512)
        print(f"{self.server.name:10} {count} images made, {time.perf_counter() - begin:.1f} s", flush=True)
        self.requests("list of a page of 1000", "/v2/images?limit=1000", lists, (b'"os_hash_value"', min(count, 1000)))
        self.requests("list of a page of 25", "/v2/images", lists * 4, (b'"os_hash_value"', min(count, 25)))
        self.requests("show", f"/v2/images/{images[count // 2]}", shows, (b'"os_hash_value"', 1))

    def data(self, form):
        """Uploads and downloads a file as often as there are rounds."""
        path, size, gib = "/v2/images/{}/file".format, self.sources.size, self.sources.size / (1 << 30)
        small = self.new("warm", "raw")
        self.client.upload(path(small), self.sources.raw, 0, 16 * MEBIBYTE)
        shown = self.client.ask("GET", f"/v2/images/{small}")
        self.client.download(path(small), 16 * MEBIBYTE, shown["os_hash_value"])
        self.delete(small)
        times, spent = {"upload": [], "download": []}, {"upload": (0, 0), "download": (0, 0)}
        self.server.forget_peak()

        def measured(kind, action):
            before = self.server.cpu()
            times[kind].append(timed(action))
            spent[kind] = tuple(sum + end - begin for sum, begin, end in zip(spent[kind], before, self.server.cpu()))

        for _ in range(self.arguments.rounds):
            image = self.new("large", form)
            measured("upload", lambda: self.client.upload(path(image), self.sources.of(form), 0, size))
            shown = self.client.ask("GET", f"/v2/images/{image}")
            if shown["status"] != "active" or shown["size"] != size:
                raise SystemExit(f"{self.server.name}: {shown}")
            measured("download", lambda: self.client.download(path(image), size))
            self.delete(image)
        self.figures[f"memory, {form}"] = self.server.peak()
        for kind in times:
            base = tuple(whole - part for whole, part in zip(self.server.cpu(), spent[kind]))
            self.note(f"{kind}, {form}", base, gib * self.arguments.rounds, "GiB", times[kind])

    def at_once(self):
        """Uploads of different data, all at the same time."""
        images = [self.new(f"one-of-many-{number}") for number in range(AT_ONCE)]
        size = min(SIZE_AT_ONCE * MEBIBYTE, self.sources.size)
        failures, times = [], []

        def one(number, image):
            client = Client(self.server)
            try:
                times.append(timed(lambda: client.upload(f"/v2/images/{image}/file", self.sources.raw, number * 4096, size)))
            except Exception as error:  # noqa: BLE001: told below
                failures.append(error)
            finally:
                client.close()

        threads = [threading.Thread(target=one, args=pair) for pair in enumerate(images)]
        self.server.forget_peak()
        before = self.server.cpu()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise SystemExit(f"{self.server.name}: {len(failures)} of {AT_ONCE} uploads at once failed: {failures[0]}")
        self.note(f"{AT_ONCE} uploads at once", before, AT_ONCE * size / (1 << 30), "GiB", times)
        self.figures["memory, at once"] = self.server.peak()
        for image in images:
            self.delete(image)

    def run(self, lists, shows):
        self.figures["memory, at rest"] = processes.resident(self.server.pid)
        self.records(lists, shows)
        for form in ("raw", "qcow2"):
            self.data(form)
        self.at_once()
        self.client.close()
        return self.figures


def hashing():
    """Seconds of CPU time that both hashes of a GiB take on this machine, in OpenSSL: no upload can take less."""
    block, spent = os.urandom(MEBIBYTE), 0.0
    for name in ("md5", "sha512"):
        hasher = hashlib.new(name, usedforsecurity=False)
        begin = time.process_time()
        for _ in range(128):
            hasher.update(block)
        spent += time.process_time() - begin
    return spent * 8


def report(ours, theirs, size):
    """Prints figures, ratios and bars; returns the number of bars that are missed."""
    missed = 0
    print(f"\n{'CPU time of server and database':32} {'kilonova':>12} {'glance':>12} {'times':>8}  bar")
    for name, figure in ours.items():
        if not isinstance(figure, dict):
            continue
        scale, unit = (1000, "ms") if figure["unit"] == "request" else (1, "s per GiB")
        other = theirs.get(name) if theirs else None
        ratio = other["cpu"] / figure["cpu"] if other else None
        verdict = ""
        if name in BARS and ratio is not None:
            verdict = f"{BARS[name]}: {'met' if ratio >= BARS[name] else 'MISSED'}"
            missed += ratio < BARS[name]
        print(f"{name:32} {figure['cpu'] * scale:12.3f} {other['cpu'] * scale if other else float('nan'):12.3f} "
              f"{ratio if ratio else float('nan'):8.1f}  {verdict:14} {unit}")
    print(f"{'both hashes alone, in OpenSSL':32} {hashing():12.3f} {'':12} {'':8}  {'':14} s per GiB")
    print(f"\n{'memory in MB':32} {'kilonova':>12} {'glance':>12}")
    for name, figure in ours.items():
        if isinstance(figure, dict):
            continue
        verdict = ""
        if name != "memory, at rest":
            verdict = f"{MEMORY_BAR}: {'met' if figure < MEMORY_BAR else 'MISSED'}"
            missed += figure >= MEMORY_BAR
        print(f"{name:32} {figure:12.1f} {theirs[name] if theirs else float('nan'):12.1f} {'':8}  {verdict}")
    print(f"\nuploads and downloads of {size} MiB, {AT_ONCE} of {SIZE_AT_ONCE} MiB at once; bars missed: {missed}")
    return missed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kilonova", default=".build/release/kilonova")
    parser.add_argument("--original", help="the original's virtual environment; without it, the original is left out")
    parser.add_argument("--only-original", action="store_true", help="leave Kilonova out")
    parser.add_argument("--size", type=int, default=2048, help="of the large files, in MiB")
    parser.add_argument("--images", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=2, help="uploads and downloads of each large file")
    parser.add_argument("--lists", type=int, default=100)
    parser.add_argument("--shows", type=int, default=2000)
    parser.add_argument("--original-lists", type=int, default=10)
    parser.add_argument("--original-shows", type=int, default=200)
    parser.add_argument("--workers", type=int, default=2, help="processes of the original")
    parser.add_argument("--threads", type=int, default=16, help="threads of each of them")
    parser.add_argument("--json", help="a file for all figures")
    arguments = parser.parse_args()
    folder = processes.Folder()
    original, server = None, None
    ours, theirs = None, None
    try:
        sources = Sources(folder.path, arguments.size * MEBIBYTE)
        print(f"load average {os.getloadavg()[0]:.1f}", flush=True)
        if not arguments.only_original:
            server = servers.kilonova(arguments.kilonova, folder.path)
            server.wait()
            ours = Side(server, sources, arguments).run(arguments.lists, arguments.shows)
            server.stop()
            servers.empty(server)
        if arguments.original:
            original = servers.Original(arguments.original, folder.path, arguments.workers, arguments.threads)
            server = original.start()
            server.wait()
            theirs = Side(server, sources, arguments).run(arguments.original_lists, arguments.original_shows)
    finally:
        if server:
            server.stop()
        if original:
            original.stop()
        folder.remove()
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump({"kilonova": ours, "glance": theirs}, file, indent=1)
    sys.exit(1 if ours and report(ours, theirs, arguments.size) else 0)


main()
