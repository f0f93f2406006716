#!/usr/bin/env python3
"""Searches the most expensive request of every endpoint: starts with what its OpenAPI document lets a client send, and makes it more
expensive step by step.

    search.py [--kilonova .build/release/kilonova] [--hosts 1000] [--tries 60] [--seed 1] [--only TEXT]

Each try changes one thing in the most expensive request so far (one more parameter, a longer value or one of another kind, one more member
or element in the body). It is kept if it costs more CPU time of the server. The most expensive request is then repeated three times, and the
lowest cost counts. Prints the endpoints by the cost of their most expensive request, with its peak memory, and how many endpoints are above
the bars of 50 ms and 64 MB.
"""
import argparse
import copy
import http.client
import json
import os
import pathlib
import random
import sys
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parent / "placement"))
import cloud
import processes

SERVICES = {
    "/identity": ("identity", {}), "/placement": ("placement", {"OpenStack-API-Version": "placement 1.39"}),
    "/accelerator": ("accelerator", {"OpenStack-API-Version": "accelerator 2.5"}),
}
CPU_BAR, MEMORY_BAR = 50, 64
# These hash a password, which is meant to be dear: `identity.password_hash_rounds` says how dear.
HASHING = {"POST /identity/v3/auth/tokens", "POST /identity/v3/users", "PATCH /identity/v3/users/{user_id}",
           "POST /identity/v3/users/{user_id}/password", "POST /identity/v3/users/{user_id}/application_credentials"}
PATH_KINDS = [("provider", "provider"), ("consumer", "consumer"), ("arq", "arq"), ("accelerator_requests", "arq"),
              ("device_profiles", "profile"), ("devices", "device"), ("deployables", "deployable"),
              ("attach_handles", "handle"), ("host", "host"), ("project", "project"), ("user", "user"), ("role", "role"),
              ("trait", "trait"), ("class", "class")]


class Client:
    def __init__(self, server):
        self.server = server
        self.connection = None
        self.token = None

    def send(self, method, path, headers=None, body=None):
        for attempt in (1, 2):
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=180)
            try:
                own = {"Content-Type": "application/json"} if body is not None else {}
                if self.token:
                    own["X-Auth-Token"] = self.token
                self.connection.request(method, path, body=body, headers={**own, **(headers or {})})
                answer = self.connection.getresponse()
                content = answer.read()
                if answer.getheader("connection", "").lower() == "close":
                    self.connection = None
                return answer, content
            except (OSError, http.client.HTTPException):
                self.connection = None
                if attempt == 2:
                    raise

    def sign_in(self, password):
        identity = {"methods": ["password"], "password": {"user": {
            "name": "admin", "domain": {"id": "default"}, "password": password}}}
        scope = {"project": {"name": "admin", "domain": {"id": "default"}}}
        answer, _ = self.send("POST", "/identity/v3/auth/tokens?nocatalog",
                              body=json.dumps({"auth": {"identity": identity, "scope": scope}}))
        self.token = answer.getheader("X-Subject-Token")
        assert self.token, answer.status


class Values:
    """Values for a parameter or a member, chosen by its name and schema."""

    def __init__(self, source, known):
        self.source, self.known = source, known

    def one(self, kind):
        return self.source.choice(self.known[kind])

    def identifier(self, name):
        for part, kind in PATH_KINDS:
            if part in name:
                return self.one(kind)
        return self.one(self.source.choice(["provider", "arq", "project", "user", "instance", "handle"]))

    def amounts(self):
        names = self.source.sample(self.known["class"], self.source.randint(1, 4))
        return ",".join(f"{name}:{self.source.choice([1, 1, 2, 16, 2147483647])}" for name in names)

    def traits(self):
        some = self.source.sample(self.known["trait"], self.source.randint(1, 8))
        return self.source.choice([",".join(some), "in:" + ",".join(some), ",".join("!" + name for name in some)])

    def text(self, name, schema):
        if schema.get("enum"):
            return str(self.source.choice(schema["enum"]))
        if schema.get("type") == "integer":
            return str(self.source.choice([1, 10, 1000, schema.get("maximum", 2147483647)]))
        if schema.get("type") == "boolean":
            return self.source.choice(["true", "false"])
        if name.startswith("resources"):
            return self.amounts()
        if name.startswith(("required", "root_required")):
            return self.traits()
        if name.startswith("member_of"):
            some = self.source.sample(self.known["aggregate"], self.source.randint(1, 6))
            return self.source.choice(["in:" + ",".join(some), some[0], "!in:" + ",".join(some)])
        if name == "group_policy":
            return self.source.choice(["none", "isolate"])
        if name == "limit":
            return self.source.choice(["1", "1000", "100000"])
        if name == "arqs":
            return ",".join(self.source.sample(self.known["arq"], self.source.choice([1, 100, 1000])))
        return self.source.choice([
            self.identifier(name), self.identifier(name), "copy-1", "a" * self.source.choice([1, 255, 4000]),
            ",".join(self.identifier(name) for _ in range(self.source.choice([2, 50, 400]))), "%" * 200, ""])

    def value(self, schema, name="", depth=0):
        """A JSON value that conforms to the schema, or nearly so."""
        options = schema.get("oneOf") or schema.get("anyOf")
        if options:
            return self.value(self.source.choice(options), name, depth)
        kind = schema.get("type")
        if isinstance(kind, list):
            kind = self.source.choice(kind)
        if schema.get("enum"):
            return self.source.choice(schema["enum"])
        if kind == "object" or "properties" in schema:
            required = schema.get("required", [])
            content = {member: self.value(inner, member, depth + 1) for member, inner in schema.get("properties", {}).items()
                       if member in required or self.source.random() < 0.6}
            others = schema.get("additionalProperties", schema.get("patternProperties"))
            if isinstance(others, dict) and others and depth < 5:
                inner = others if "type" in others or "oneOf" in others else next(iter(others.values()))
                for _ in range(self.source.choice([1, 3, 100 if depth < 2 else 3])):
                    key = self.source.choice([self.identifier(name), self.one("provider"), self.one("class")])
                    content[key] = self.value(inner if isinstance(inner, dict) else {}, key, depth + 1)
            return content
        if kind == "array":
            most = min(schema.get("maxItems", 1000), self.source.choice([1, 10, 1000 if depth < 3 else 10]))
            return [self.value(schema.get("items", {}), name, depth + 1) for _ in range(max(most, schema.get("minItems", 0)))]
        if kind in ("integer", "number"):
            return self.source.choice([1, schema.get("minimum", 0), schema.get("maximum", 2147483647)])
        if kind == "boolean":
            return self.source.random() < 0.5
        if kind == "null":
            return None
        if "path" == name:
            return self.source.choice(["/hostname", "/device_rp_uuid", "/instance_uuid"])
        return self.source.choice([self.identifier(name), "x" * min(schema.get("maxLength", 20_000), 20_000),
                                   self.one("trait"), self.one("class"), "copy-1"])


class Endpoint:
    def __init__(self, prefix, path, method, operation, headers):
        self.prefix, self.path, self.method, self.headers = prefix, path, method.upper(), headers
        parameters = operation.get("parameters", [])
        self.query = {one["name"]: one.get("schema", {}) for one in parameters if one["in"] == "query"}
        self.steps = {one["name"]: one.get("schema", {}) for one in parameters if one["in"] == "path"}
        content = operation.get("requestBody", {}).get("content", {})
        self.schema = next(iter(content.values()), {}).get("schema") if content else None

    @property
    def title(self):
        return f"{self.method} {self.prefix}{self.path}"

    def first(self, values):
        return {"steps": {name: values.identifier(self.path + name) if name not in ("name", "trait") else values.one("trait")
                          for name in self.steps},
                "query": [], "body": values.value(self.schema) if self.schema is not None else None}

    def change(self, request, values):
        request = copy.deepcopy(request)
        source = values.source
        ways = ["steps"] if self.steps else []
        if self.query:
            ways += ["more", "more", "more", "less", "repeat", "other"]
        if self.schema is not None:
            ways += ["body", "body", "swell"]
        way = source.choice(ways or ["none"])
        if way == "steps":
            request["steps"] = self.first(values)["steps"]
        elif way in ("more", "other") or (way in ("less", "repeat") and not request["query"]):
            name = source.choice(list(self.query))
            if self.path == "/allocation_candidates" and name.startswith(("resources", "required", "member_of")):
                name += source.choice(["", "", f"_{source.randint(1, 12)}"])
            if way == "other":
                request["query"] = [one for one in request["query"] if one[0] != name]
            schema = self.query.get(name.split("_")[0], self.query.get(name, {}))
            request["query"].append((name, values.text(name, schema.get("items", schema))))
        elif way == "less":
            request["query"].pop(source.randrange(len(request["query"])))
        elif way == "repeat":
            request["query"] += [source.choice(request["query"])] * source.choice([1, 20, 200])
        elif way == "body":
            request["body"] = values.value(self.schema)
        elif way == "swell" and isinstance(request["body"], dict):
            target = request["body"]
            inner = [value for value in target.values() if isinstance(value, dict)]
            target = source.choice(inner) if inner and source.random() < 0.7 else target
            target.update({f"extra_{number}": "x" * source.choice([1, 50]) for number in range(source.choice([10, 900, 5000]))})
        return request

    def send(self, client, request):
        path = self.path
        for name, value in request["steps"].items():
            path = path.replace("{" + name + "}", urllib.parse.quote(str(value), safe=""))
        query = "&".join(f"{name}={urllib.parse.quote(value, safe=',:!%')}" for name, value in request["query"])
        target = self.prefix + path + ("?" + query if query else "")
        body = None if request["body"] is None else json.dumps(request["body"])
        if len(target) > 60_000 or (body and len(body) > 1 << 20):
            return None
        before = processes.cpu(client.server.pid)
        answer, content = client.send(self.method, target, self.headers, body)
        spent = (processes.cpu(client.server.pid) - before) * 1000
        return spent, answer.status, len(content), target, len(body or "")


def explore(endpoint, client, values, tries):
    """The most expensive request found: (ms, status, bytes of the response, target, bytes of the body, MB)."""
    best = endpoint.first(values)
    while (cost := endpoint.send(client, best)) is None:
        best = endpoint.first(values)
    for _ in range(tries):
        other = endpoint.change(best, values)
        found = endpoint.send(client, other)
        if found and found[0] > cost[0]:
            best, cost = other, found
    resident = processes.resident(client.server.pid)
    processes.forget_peak(client.server.pid)
    again = [endpoint.send(client, best) for _ in range(3)]
    grown = max(0.0, processes.peak(client.server.pid) - resident)
    least = min(again, key=lambda one: one[0])
    # A repeated write may get another status. Then the cost of the first one counts.
    ms = least[0] if least[1] == cost[1] else cost[0]
    return (ms, *cost[1:], grown)


def endpoints(client, only):
    for prefix, (name, headers) in SERVICES.items():
        answer, content = client.send("GET", f"{prefix}/openapi.json", headers)
        assert answer.status == 200, (prefix, answer.status)
        for path, item in json.loads(content)["paths"].items():
            for method, operation in item.items():
                if method not in ("get", "post", "put", "patch", "delete"):
                    continue
                endpoint = Endpoint(prefix, path, method, operation, headers)
                # It would revoke the search's own token.
                if endpoint.title in ("DELETE /identity/v3/auth/tokens",):
                    continue
                if only in endpoint.title:
                    yield endpoint


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kilonova", default=".build/release/kilonova")
    parser.add_argument("--hosts", type=int, default=1000)
    parser.add_argument("--tries", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    folder = processes.Folder()
    server = None

    def start():
        port = processes.free_port()
        log = open(f"{folder.path}/log", "a")
        environment = {"KILONOVA_LOG__ACCESS": "false", "KILONOVA_LOG__LEVEL": "error"}
        one = processes.Server("kilonova", [arguments.kilonova, "dev", "--data-dir", f"{folder.path}/data", "--no-agent",
                                            "--listen", f"127.0.0.1:{port}"], port, "", environment, log)
        one.wait()
        return one

    try:
        server = start()
        server.stop()
        known = cloud.fill(f"{folder.path}/data/kilonova.sqlite", arguments.hosts)
        server = start()
        client = Client(server)
        password = pathlib.Path(f"{folder.path}/data/admin-password").read_text().strip()
        client.sign_in(password)
        rows = []
        todo = sorted(endpoints(client, arguments.only), key=lambda one: ("GET", "POST", "PUT", "PATCH", "DELETE").index(one.method))
        for endpoint in todo:
            values = Values(random.Random(f"{arguments.seed} {endpoint.title}"), known)
            rows.append((explore(endpoint, client, values, arguments.tries), endpoint.title))
            client.sign_in(password)
        rows.sort(reverse=True)
        print(f"{len(rows)} endpoints, {arguments.hosts} hosts, {arguments.tries} tries each, seed {arguments.seed}, load average "
              f"{os.getloadavg()[0]:.1f}: {sum(row[0][0] > CPU_BAR and row[1] not in HASHING for row in rows)} above {CPU_BAR} ms beside those that hash a "
              f"password, {sum(row[0][5] > MEMORY_BAR for row in rows)} above {MEMORY_BAR} MB")
        for (ms, status, size, target, body, grown), title in rows[:25]:
            print(f"  {ms:8.2f} ms  {grown:6.1f} MB  {status}  {size:8d} B  {title}"
                  f"{' (hashes a password)' if title in HASHING else ''}")
            print(f"{'':24}{target[:150]}{f'  (body of {body} B)' if body else ''}")
    finally:
        if server:
            server.stop()
        folder.remove()


main()
