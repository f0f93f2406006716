#!/usr/bin/env python3
"""Runs the functional tests that openstack-placement publishes, unchanged, against Kilonova.

The tests are read from the installed package (openstack-placement, with gabbi, oslotest, wsgi-intercept); no copy of them is kept here.
Their fixtures create providers and allocations through the original's database objects. Here the same calls become requests. Each file gets
its own server with an empty database.

    python published_tests.py PATH-TO-BenchmarkPlacement [FILE-NAME-PART ...]

Prints the counts, and each test that fails. Exit status 0 if exactly those tests fail that `differences.txt` lists with their reasons.
"""
import http.client
import json
import os
import pathlib
import subprocess
import sys
import types
import unittest
import uuid
import warnings
from urllib.parse import quote

import fixtures
from gabbi import driver
from placement.tests.functional import fixtures as package
from placement.tests.functional.fixtures import gabbits as upstream

BINARY = sys.argv[1]
PARTS = sys.argv[2:]
FOLDER = os.path.join(os.path.dirname(package.__file__), "..", "gabbits")
server = None


class Server:
    def __init__(self, policy, cors):
        arguments = [BINARY, "serve", "--prefix", "", "--policy", policy]
        if cors:
            arguments += ["--cors", "http://valid.example.com"]
        self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                        text=True)
        self.port = int(self.process.stdout.readline().split()[1])

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def send(self, method, path, body=None, headers=None, raw=False):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = dict(headers or {})
        if not raw:
            headers.setdefault("x-auth-token", "admin")
            if body is not None:
                headers["content-type"] = "application/json"
                body = json.dumps(body)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer, content

    def ask(self, method, path, body=None, version="1.37"):
        answer, content = self.send(method, path, body, {"openstack-api-version": "placement " + version})
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {content}")
        return json.loads(content) if content else None


def application(environ, start_response):
    path = environ["PATH_INFO"]
    try:
        path = path.encode("latin-1")
    except UnicodeEncodeError:
        path = path.encode("utf-8")
    target = quote(path, safe="/:!$&'()*+,;=@~-._")
    if environ.get("QUERY_STRING"):
        target += "?" + environ["QUERY_STRING"]
    headers = {}
    for name, value in environ.items():
        if name.startswith("HTTP_"):
            headers[name[5:].replace("_", "-").lower()] = value
    if environ.get("CONTENT_TYPE"):
        headers["content-type"] = environ["CONTENT_TYPE"]
    length = environ.get("CONTENT_LENGTH")
    body = None
    if length and length.isdigit() and int(length):
        body = environ["wsgi.input"].read(int(length))
        headers["content-length"] = length
    headers.setdefault("connection", "close")
    answer, content = server.send(environ["REQUEST_METHOD"], target or "/", body, headers, raw=True)
    found = [(str(n), str(v)) for n, v in answer.getheaders()
             if n.lower() not in ("connection", "transfer-encoding", "keep-alive")]
    start_response(f"{answer.status} {answer.reason}", found)
    return [content]


upstream.setup_app = lambda: application


class Provider:
    def __init__(self, name, identifier):
        self.name, self.uuid, self._context = name, identifier, None

    def set_aggregates(self, aggregates, **_):
        server.ask("PUT", f"/resource_providers/{self.uuid}/aggregates", list(aggregates), "1.18")


def create_provider(_context, name, *aggregates, **options):
    from oslo_utils.fixture import uuidsentinel
    identifier = options.get("uuid") or getattr(uuidsentinel, name)
    body = {"name": name, "uuid": identifier}
    if options.get("parent"):
        body["parent_provider_uuid"] = options["parent"]
    server.ask("POST", "/resource_providers", body)
    provider = Provider(name, identifier)
    if aggregates:
        provider.set_aggregates(aggregates)
    return provider


def add_inventory(provider, name, total, **options):
    if name.startswith("CUSTOM_"):
        server.ask("PUT", f"/resource_classes/{name}")
    options.setdefault("max_unit", total)
    server.ask("POST", f"/resource_providers/{provider.uuid}/inventories",
               dict(options, resource_class=name, total=total))


def set_traits(provider, *names):
    for name in names:
        if name.startswith("CUSTOM_"):
            server.ask("PUT", f"/traits/{name}")
    generation = server.ask("GET", f"/resource_providers/{provider.uuid}")["generation"]
    server.ask("PUT", f"/resource_providers/{provider.uuid}/traits",
               {"traits": list(names), "resource_provider_generation": generation})


def ensure_consumer(_context, user, project, consumer_id=None):
    return types.SimpleNamespace(uuid=consumer_id or str(uuid.uuid4()), user=user, project=project)


def set_allocation(_context, provider, consumer, amounts):
    server.ask("PUT", f"/allocations/{consumer.uuid}", {
        "allocations": {provider.uuid: {"resources": amounts}},
        "project_id": consumer.project.external_id, "user_id": consumer.user.external_id}, "1.12")


def create_user_and_project(_context, prefix="fake"):
    return Named(external_id=f"{prefix}-user"), Named(external_id=f"{prefix}-project")


class Named:
    def __init__(self, _context=None, **fields):
        self.__dict__.update(fields)

    def create(self):
        if getattr(self, "name", None):
            server.ask("PUT", f"/resource_classes/{self.name}")


class Quiet(fixtures.Fixture):
    def __init__(self, configuration=None, **options):
        if options.get("set_config"):
            configuration.config(group="placement_database", connection="sqlite://")

    def set_rules(self, *_, **__):
        pass


for name, value in dict(create_provider=create_provider, add_inventory=add_inventory, set_traits=set_traits,
                        ensure_consumer=ensure_consumer, set_allocation=set_allocation,
                        create_user_and_project=create_user_and_project).items():
    setattr(upstream.tb, name, value)
module = types.SimpleNamespace
upstream.rc_obj = module(ResourceClass=lambda context=None, name=None: Named(name=name))
upstream.user_obj = module(User=Named)
upstream.project_obj = module(Project=Named)
upstream.fixtures.Database = Quiet
upstream.policy_fixture.PolicyFixture = Quiet
upstream.capture.Logging = Quiet
upstream.output.CaptureOutput = Quiet

start, stop = upstream.APIFixture.start_fixture, upstream.APIFixture.stop_fixture


def start_fixture(self):
    global server
    policy = "secure" if self._secure_rbac else "legacy"
    if isinstance(self, upstream.OpenPolicyFixture):
        policy = "open"
    server = Server(policy, isinstance(self, upstream.CORSFixture))
    try:
        start(self)
    except BaseException:
        server.stop()
        raise


def stop_fixture(self):
    server.stop()
    stop(self)


upstream.APIFixture.start_fixture = start_fixture
upstream.APIFixture.stop_fixture = stop_fixture

warnings.simplefilter("ignore")
suite = driver.build_tests(FOLDER, unittest.TestLoader(), host=None, intercept=upstream.setup_app,
                           test_loader_name="gabbi", fixture_module=upstream)


def flat(tests):
    for test in tests:
        if isinstance(test, unittest.TestSuite):
            yield from flat(test)
        else:
            yield test


picked = unittest.TestSuite()
for part in suite:
    name = getattr(part, "test_directory", None) or next((t.id() for t in flat(part)), "")
    if not PARTS or any(p in name for p in PARTS):
        picked.addTest(part)
verbose = os.environ.get("VERBOSE") == "1"
result = unittest.TextTestRunner(verbosity=1, stream=sys.stdout if verbose else open(os.devnull, "w")).run(picked)
failed = {test.id().removeprefix("gabbi.").removesuffix(".test_request") for test, _ in result.failures + result.errors}
listed = {line.split()[0] for line in (pathlib.Path(__file__).parent / "differences.txt").read_text().splitlines()
          if line.strip() and not line.startswith("#")}
if PARTS:
    listed &= failed
skipped = f", {len(result.skipped)} skipped" if result.skipped else ""
print(f"{result.testsRun} tests, {result.testsRun - len(failed) - len(result.skipped)} pass, {len(failed)} differ{skipped}")
for name in sorted(failed):
    print(("as listed  " if name in listed else "DIFFERS    ") + name)
for name in sorted(listed - failed):
    print(f"PASSES     {name}: remove it from the list")
sys.exit(0 if failed == listed else 1)
