"""Holds every answer that a Python client of this process gets against the OpenAPI document of its version, with a validator
that is not Kilonova's own. What other processes ask is held against the documents by the server itself (`listen.check_answers`).
"""

import json
import re

import requests
from openapi_schema_validator import OAS31Validator

SERVICES = {
    "/identity": ("identity", None), "/placement/explain": ("placement-explain", None), "/placement": ("placement", "placement"),
    "/accelerator": ("accelerator", "accelerator"), "/image": ("image", None),
}


class Documents:
    """The documents of one server, by service and version, and what was found to differ."""

    def __init__(self, url, send):
        self.url = url
        self.send = send
        self.documents = {}
        self.validators = {}
        self.checked = 0
        self.mismatches = []

    def document(self, prefix, version):
        key = (prefix, version)
        if key not in self.documents:
            kind = SERVICES[prefix][1]
            headers = {"OpenStack-API-Version": f"{kind} {version}"} if kind and version else {}
            request = requests.Request("GET", f"{self.url}{prefix}/openapi.json", headers=headers).prepare()
            answer = self.send(requests.Session(), request, timeout=20)
            assert answer.status_code == 200, answer.text
            document = answer.json()
            # An action stands under its path with a fragment, which requests do not carry.
            paths = [(re.compile("^" + re.sub(r"\\\{[^/]+?\\\}", "[^/]+", re.escape(path.split("#")[0])) + "$"), path, operations)
                     for path, operations in document["paths"].items()]
            # Literal paths win over those with parameters, as in the router.
            paths.sort(key=lambda entry: entry[1].count("{"))
            self.documents[key] = (document, paths)
        return self.documents[key]

    def look(self, request, answer):
        """Notes what differs in `answer`."""
        if not request.url.startswith(self.url + "/"):
            return
        target = request.url[len(self.url):].split("?")[0]
        prefix = next((prefix for prefix in SERVICES if target == prefix or target.startswith(prefix + "/")), None)
        if prefix is None or target.endswith("/openapi.json") or answer.status_code == 406:
            return
        version = answer.headers.get("OpenStack-API-Version", "").split(" ")[-1] or None
        _, paths = self.document(prefix, version)
        path = target[len(prefix):] or "/"
        entry = next(((name, operations) for pattern, name, operations in paths
                      if pattern.match(path) and request.method.lower() in operations
                      and is_action(operations[request.method.lower()], request.body)), None)
        if entry is None:
            # An alias, a method or a path that the version does not have: what comes is a refusal, or is not documented.
            return
        name, operations = entry
        self.checked += 1
        problem = self.problem(prefix, version, name, operations[request.method.lower()], request, answer)
        if problem:
            self.mismatches.append(f"{prefix} {version} {request.method} {name} {answer.status_code}: {problem}")

    def problem(self, prefix, version, name, operation, request, answer):
        told = operation["responses"].get(str(answer.status_code))
        if told is None:
            return "the document does not tell this status"
        key = (prefix, version, name, request.method, answer.status_code)
        if key not in self.validators:
            document, _ = self.document(prefix, version)
            content = inlined(told, document).get("content", {})
            form = content.get("application/json")
            # Data have no form; their type is told.
            self.validators[key] = OAS31Validator(form["schema"]) if form else list(content)
        validator = self.validators[key]
        kind = answer.headers.get("Content-Type", "").split(";")[0]
        if isinstance(validator, list):
            if validator:
                return None if kind in validator else f"the document tells {validator}, and {kind} came"
            return "a body that the document does not tell" if answer.content else None
        # A page or a text for readers, who asked for it.
        if answer.status_code >= 400 and kind in ("text/html", "text/plain"):
            return None
        try:
            body = answer.json()
        except ValueError:
            return "the body is not JSON"
        error = next(validator.iter_errors(body), None)
        return f"{error.json_path}: {error.message[:200]}" if error else None


def is_action(operation, body):
    """Whether the one key of `body` names the operation's action; an operation that is none has any body."""
    action = operation.get("x-openstack-action")
    if action is None:
        return True
    try:
        document = json.loads(body or "")
    except ValueError:
        return False
    return isinstance(document, dict) and list(document) == [action]


def inlined(node, document):
    """`node` with its references replaced by what they refer to; the documents have no circles."""
    if isinstance(node, dict):
        if "$ref" in node:
            found = document
            for step in node["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            return inlined(found, document)
        return {key: inlined(value, document) for key, value in node.items()}
    if isinstance(node, list):
        return [inlined(value, document) for value in node]
    return node


def watch(url):
    """Looks at every answer from `url` from now on; the function it gives back ends that."""
    original = requests.Session.send
    documents = Documents(url, original)

    def send(session, request, **arguments):
        answer = original(session, request, **arguments)
        if not arguments.get("stream") and request.method != "HEAD":
            documents.look(request, answer)
        return answer

    requests.Session.send = send

    def end():
        requests.Session.send = original

    return documents, end
