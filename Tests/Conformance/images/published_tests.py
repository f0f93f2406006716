#!/usr/bin/env python3
"""Runs the tests of the image API that tempest publishes, unchanged, against Kilonova.

The tests are read from the installed package; no copy of them is kept here. They make their own users and projects through the embedded
identity service. They run twice: with one file store, where data of another format than claimed are refused; and with two stores, where
they are not, because the published tests of lists upload random bytes as images of every format.

    python published_tests.py PATH-TO-kilonova [TEST-NAME-PART ...]

Prints the counts, each test that fails, and why each skipped one was skipped. Exit status 0 if exactly those tests fail that
`differences.txt` lists with their reasons.
"""
import configparser
import http.server
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading

HERE = pathlib.Path(__file__).parent
READY_WITHIN = 60
PAYLOAD = os.urandom(100_000)


class Payload(http.server.BaseHTTPRequestHandler):
    """What an image is imported from: random bytes, or the smallest qcow2."""

    def do_GET(self):
        if not self.path.startswith("/data"):
            self.send_error(404)
            return
        header = bytearray(65536 * 4)
        header[0:4] = b"QFI\xfb"
        for place, byte in ((7, 3), (23, 16), (29, 16), (99, 4), (103, 104)):
            header[place] = byte
        body = bytes(header) if self.path.endswith(".qcow2") else PAYLOAD
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def payload_server():
    """On the port that imports may use; None where this process may not open it."""
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 80), Payload)
    except OSError:
        return None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class Server:
    def __init__(self, binary, folder, **settings):
        environment = {f"KILONOVA_IMAGE__{name.upper()}": value for name, value in settings.items()}
        self.log = open(folder / "server.log", "wb")
        self.process = subprocess.Popen(
            [binary, "dev", "--no-agent", "--data-dir", str(folder), "--listen", "127.0.0.1:0"],
            stdout=subprocess.PIPE, stderr=self.log, text=True,
            env={**os.environ, "KILONOVA_SERVICES__ENABLED": "[identity, image]",
                 "KILONOVA_LISTEN__CHECK_ANSWERS": "true", **environment})
        killer = threading.Timer(READY_WITHIN, self.process.kill)
        killer.start()
        line = self.process.stdout.readline()
        killer.cancel()
        if not line.startswith("ready "):
            raise SystemExit(f"the server did not start: {line}{(folder / 'server.log').read_text()[-2000:]}")
        self.url = line.split()[1]
        text = (folder / "clouds.yaml").read_text()
        self.password = re.search(r"username: admin\n\s+password: (\S+)", text) or re.search(r"password: (\S+)", text)
        self.password = self.password.group(1).strip("'\"")

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=60)
        self.log.close()


def configuration(server, folder, payload, enforces):
    config = configparser.ConfigParser(interpolation=None)
    config["DEFAULT"] = {"log_dir": str(folder), "log_file": "tempest.log"}
    config["oslo_concurrency"] = {"lock_path": str(folder)}
    config["auth"] = {
        "admin_username": "admin", "admin_password": server.password, "admin_project_name": "admin",
        "admin_domain_name": "Default", "use_dynamic_credentials": "true", "create_isolated_networks": "false",
        "tempest_roles": "member"}
    config["identity"] = {
        "uri_v3": f"{server.url}/identity/v3", "auth_version": "v3", "v3_endpoint_type": "public",
        "region": "RegionOne"}
    config["service_available"] = {
        "glance": "true", "nova": "false", "neutron": "false", "cinder": "false", "swift": "false"}
    config["image"] = {
        "http_image": "http://127.0.0.1/data" if payload else "", "build_interval": "1", "build_timeout": "60",
        "http_qcow2_image": "http://127.0.0.1/data.qcow2" if payload else ""}
    config["image-feature-enabled"] = {"image_format_enforcement": str(enforces).lower()}
    path = folder / "tempest.conf"
    with open(path, "w") as file:
        config.write(file)
    return path


def run(binary, parts, payload, enforces, **settings):
    """The outcome of each test: "ok", or what was wrong; and why others were skipped."""
    with tempfile.TemporaryDirectory(prefix="kilonova-conformance-") as name:
        folder = pathlib.Path(name)
        server = Server(binary, folder, allowed_hosts="[127.0.0.1]", **settings)
        try:
            path = configuration(server, folder, payload, enforces)
            result = subprocess.run(
                [sys.executable, __file__, "--tests", *parts], capture_output=True, text=True, timeout=1500,
                env={**os.environ, "TEMPEST_CONFIG_DIR": str(folder), "TEMPEST_CONFIG": path.name}, cwd=folder)
        finally:
            server.stop()
        differing = [line for line in (folder / "server.log").read_text(errors="replace").splitlines()
                     if "answer differs from its document" in line]
        try:
            outcome = json.loads(result.stdout.splitlines()[-1])
        except (ValueError, IndexError):
            raise SystemExit(result.stdout[-2000:] + result.stderr[-4000:])
        for line in sorted(set(differing))[:20]:
            print(line)
        return outcome, differing


def tests(parts):
    """In a process of its own: runs the tests against the server that the configuration names."""
    import importlib
    import pkgutil
    import unittest
    import warnings

    import tempest.api.image
    warnings.simplefilter("ignore")
    suite = unittest.TestSuite()
    loader = unittest.TestLoader()
    for module in sorted(one.name for one in pkgutil.walk_packages(tempest.api.image.__path__, "tempest.api.image.")):
        if ".test_" in module:
            suite.addTests(loader.loadTestsFromModule(importlib.import_module(module)))

    def flat(tests):
        for test in tests:
            if isinstance(test, unittest.TestSuite):
                yield from flat(test)
            else:
                yield test

    # Tests of one class stay together: what a class sets up is taken down with its last test.
    picked = unittest.TestSuite(test for test in flat(suite) if not parts or any(part in test.id() for part in parts))
    result = unittest.TextTestRunner(stream=sys.stderr, verbosity=0).run(picked)

    def short(test):
        return re.sub(r"\[.*\]$", "", str(test.id() if hasattr(test, "id") else test)).removeprefix("tempest.api.image.")

    bad = {short(test): text.strip().splitlines()[-1][:300] for test, text in result.failures + result.errors}
    verbose = {short(test): text for test, text in result.failures + result.errors}
    skipped = {short(test): reason for test, reason in result.skipped}
    good = {short(test) for test in flat(picked)} - bad.keys() - skipped.keys()
    if os.environ.get("VERBOSE") == "1":
        print("\n".join(f"{name}\n{text}" for name, text in verbose.items()), file=sys.stderr)
        with open(os.environ.get("VERBOSE_LOG", os.devnull), "a") as log:
            log.write("\n".join(f"{name}\n{text}" for name, text in verbose.items()))
    print(json.dumps({"bad": bad, "skipped": skipped, "good": sorted(good)}))


def main(binary, parts):
    binary = str(pathlib.Path(binary).resolve())
    payload = payload_server()
    good, bad, skipped, differing = set(), {}, {}, []
    for enforces in (True, False):
        outcome, lines = run(
            binary, parts, payload, enforces, **({} if enforces else {"require_image_format_match": "false"}))
        good |= set(outcome["good"])
        bad |= outcome["bad"]
        skipped |= outcome["skipped"]
        differing += lines
    good -= bad.keys()
    skipped = {name: reason for name, reason in skipped.items() if name not in good and name not in bad}
    # What a class sets up, or does not, is not a test.
    classes = {name for name in skipped | bad if name.startswith(("setUpClass", "tearDownClass"))}
    print(f"{len(good) + len(bad)} tests, {len(good)} pass, {len(bad)} differ, {len(skipped)} skipped")
    listed = {line.split()[0] for line in (HERE / "differences.txt").read_text().splitlines()
              if line.strip() and not line.startswith("#")}
    if parts:
        listed &= bad.keys()
    for name in sorted(bad):
        print(("as listed  " if name in listed else "DIFFERS    ") + name + ("" if name in listed else f"\n           {bad[name]}"))
    for name in sorted(listed - bad.keys()):
        print(f"PASSES     {name}: remove it from the list")
    for name in sorted(skipped):
        print(f"skipped    {name}{' (its class)' if name in classes else ''}: {skipped[name]}")
    return 0 if bad.keys() == listed and not differing else 1


if __name__ == "__main__":
    if sys.argv[1] == "--tests":
        tests(sys.argv[2:])
    else:
        sys.exit(main(sys.argv[1], sys.argv[2:]))
