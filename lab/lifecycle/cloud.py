"""A control plane on this machine, and its APIs as Nova and an operator use them."""
import json
import os
import pathlib
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
import uuid

from report import eventually, fail

# Where the guest's user network has this machine.
GATEWAY = "10.0.2.2"


def free_port():
    with socket.socket() as link:
        link.bind(("127.0.0.1", 0))
        return link.getsockname()[1]


class Cloud:
    def __init__(self, binary, folder):
        self.binary = binary
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.agents_port = free_port()
        self.process = None
        self.tokens = {}
        self.tenancies = []
        self.config = self.folder / "plane.yaml"
        self.data = self.folder / "data"
        self.config.write_text(
            f"""listen: {{public_endpoint: "http://{GATEWAY}:{self.port}"}}
agents:
  address: 127.0.0.1:{self.agents_port}
  authority_folder: {self.folder}/authority
  server_names: [{GATEWAY}]
  heartbeat_interval: 3s
accelerator: {{bind_wait: 0s, bind_timeout: 600s, host_silence: 120s}}
log: {{access: false, level: info}}
""")

    # Its process

    def start(self):
        log = open(self.folder / "plane.log", "ab")
        self.process = subprocess.Popen(
            [self.binary, "dev", "--data-dir", self.data, "--listen", f"127.0.0.1:{self.port}", "--no-agent",
             "--config", self.config], stdout=subprocess.PIPE, stderr=log, text=True)
        ready = []
        reader = threading.Thread(target=lambda: ready.append(self.process.stdout.readline()), daemon=True)
        reader.start()
        reader.join(60)
        if not ready or not ready[0].startswith("ready "):
            fail("the control plane is not ready after a minute: " + self.log()[-2000:])

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()

    def log(self):
        return (self.folder / "plane.log").read_text(errors="replace")

    def command(self, *words):
        """The program as an operator calls it beside the running control plane."""
        known = dict(
            os.environ, KILONOVA_DATABASE__URL=f"sqlite://{self.data}/kilonova.sqlite",
            KILONOVA_IDENTITY__FERNET_KEY_REPOSITORY=f"{self.data}/token-keys")
        return subprocess.run([self.binary, *words], env=known, capture_output=True, text=True, timeout=120)

    def enrolment_token(self, host):
        said = self.command("enrolment-token", host, "--config", self.config)
        if said.returncode:
            fail("there is no enrolment token: " + said.stderr)
        return said.stdout.strip()

    def password(self, user):
        return (self.data / f"{user}-password").read_text().strip()

    # Its interfaces

    def send(self, method, path, body=None, headers=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, method=method)
        request.add_header("Content-Type", "application/json")
        for key, value in (headers or {}).items():
            request.add_header(key, value)
        try:
            with urllib.request.urlopen(request, timeout=90) as answer:
                return answer.status, answer.read(), answer.headers
        except urllib.error.HTTPError as error:
            return error.code, error.read(), error.headers

    def token(self, user, project, secret):
        known = self.tokens.get(user)
        if known and known[1] > time.monotonic():
            return known[0]
        domain = {"name": "Default"}
        body = {"auth": {
            "identity": {"methods": ["password"], "password": {
                "user": {"name": user, "domain": domain, "password": self.password(secret)}}},
            "scope": {"project": {"name": project, "domain": domain}}}}
        status, text, headers = self.send("POST", "/identity/v3/auth/tokens", body)
        if status != 201:
            raise ValueError(f"no token for {user}: {status} {text[:500]}")
        token = headers["X-Subject-Token"]
        if user == "demo":
            self.project = json.loads(text)["token"]["project"]["id"]
        self.tokens[user] = (token, time.monotonic() + 1800)
        return token

    def api(self, method, path, body=None, user="admin", service=False):
        """Sends one request; returns the status, and the response's JSON or text."""
        tokens = {"admin": ("admin", "admin", "admin"), "demo": ("demo", "demo", "demo")}
        headers = {"X-Auth-Token": self.token(*tokens[user])}
        if service:
            headers["X-Service-Token"] = self.token("nova", "service", "service")
        kind = path.strip("/").split("/")[0]
        headers["OpenStack-API-Version"] = "placement 1.39" if kind == "placement" else "accelerator 2.4"
        status, text, _ = self.send(method, path, body, headers)
        try:
            return status, json.loads(text) if text else None
        except json.JSONDecodeError:
            return status, text.decode(errors="replace")

    def get(self, path, **words):
        status, answer = self.api("GET", path, **words)
        if status != 200:
            raise ValueError(f"GET {path}: {status} {answer}")
        return answer

    # Placement

    def providers(self):
        return {entry["name"]: entry["uuid"] for entry in self.get("/placement/resource_providers")["resource_providers"]}

    def inventory(self, provider):
        return self.get(f"/placement/resource_providers/{provider}/inventories")["inventories"]

    def claim(self, provider, kind, patience=0):
        """A new consumer that holds one unit of that class. Waits up to `patience` seconds while the unit is withheld."""
        instance = str(uuid.uuid4())
        self.token("demo", "demo", "demo")
        body = {
            "allocations": {provider: {"resources": {kind: 1}}}, "project_id": self.project, "user_id": self.project,
            "consumer_generation": None, "consumer_type": "INSTANCE"}
        end = time.monotonic() + patience
        while True:
            status, answer = self.api("PUT", f"/placement/allocations/{instance}", body)
            if status != 409 or time.monotonic() > end:
                break
            time.sleep(0.5)
        if status != 204:
            raise ValueError(f"the claim answered {status}: {answer}")
        return instance

    # Accelerators

    def profile(self, name, groups):
        status, answer = self.api("POST", "/accelerator/v2/device_profiles", [{"name": name, "groups": groups}])
        if status != 201:
            raise ValueError(f"the profile answered {status}: {answer}")

    def request(self, profile):
        status, answer = self.api(
            "POST", "/accelerator/v2/accelerator_requests", {"device_profile_name": profile}, user="demo", service=True)
        if status != 201:
            raise ValueError(f"the request answered {status}: {answer}")
        return answer["arqs"][0]["uuid"]

    def bind(self, request, host, provider, instance):
        status, answer = self.api("PATCH", "/accelerator/v2/accelerator_requests", {request: [
            {"op": "add", "path": "/hostname", "value": host},
            {"op": "add", "path": "/device_rp_uuid", "value": provider},
            {"op": "add", "path": "/instance_uuid", "value": instance}]}, user="demo", service=True)
        if status != 202:
            raise ValueError(f"binding answered {status}: {answer}")

    def show(self, request):
        return self.get(f"/accelerator/v2/accelerator_requests/{request}", user="demo", service=True)

    def bound(self, request, seconds=180):
        """The request when it is bound, or None if it is not bound in that time."""
        def ask():
            shown = self.show(request)
            return shown if shown["state"] in ("Bound", "BindFailed") else None
        shown = eventually(seconds, ask)
        return shown if shown and shown["state"] == "Bound" else None

    def release(self, instance):
        status, answer = self.api(
            "DELETE", f"/accelerator/v2/accelerator_requests?instance={instance}", user="demo", service=True)
        if status != 204:
            raise ValueError(f"deleting the requests answered {status}: {answer}")
        status, answer = self.api("DELETE", f"/placement/allocations/{instance}")
        if status != 204:
            raise ValueError(f"deleting the claim answered {status}: {answer}")

    def handles(self, **words):
        filters = "&".join(f"{key}={value}" for key, value in words.items())
        return self.get(f"/accelerator/v2/attach_handles?{filters}")["attach_handles"]

    def handle(self, identifier):
        return self.get(f"/accelerator/v2/attach_handles/{identifier}")

    def devices(self):
        listed = self.get("/accelerator/v2/devices")["devices"]
        return {device["uuid"]: device for device in listed}

    def device(self, identifier):
        return self.get(f"/accelerator/v2/devices/{identifier}")

    def certificates(self):
        return self.get("/accelerator/v2/sanitisation_certificates")["certificates"]

    def verified(self, certificates, name):
        """Runs `kilonova verify certificate`; returns whether the certificates are valid, and its output."""
        keys = self.folder / "keys.json"
        keys.write_text(json.dumps(self.get("/accelerator/v2/sanitisation_keys", user="demo")))
        file = self.folder / f"{name}.json"
        file.write_text(json.dumps(certificates))
        said = self.command("verify", "certificate", "--keys", keys, file)
        return said.returncode == 0, said.stdout + said.stderr
