"""Checks of every driver's device through one tenancy, of an agent that is killed, and of the chain of certificates."""
import random

from report import eventually
from tenancy import DRIVERS, HOST, PLACES, Tenancy, provider_of

CANARY = "canary-of-the-last-tenant"


def reported(report, cloud, guest):
    """The agent enrols, and the devices that it finds are in Placement and in the accelerator service."""
    up = eventually(120, lambda: [host for host in cloud.get("/accelerator/v2/hosts")["hosts"] if host["state"] == "up"])
    if not report.check("the agent in the guest enrols and is up", up, guest.agent_log()):
        return False
    ready = True
    for driver, (kind, _) in DRIVERS.items():
        def known():
            _, provider = provider_of(cloud, driver)
            return provider and cloud.inventory(provider).get(kind, {}).get("total", 0) > 0
        ready &= report.check(
            f"{driver}: discovered, and {kind} is in Placement", eventually(120, known), guest.agent_log())
    for kind in {kind for kind, _ in DRIVERS.values()} | {"CUSTOM_FPGA"}:
        cloud.profile(f"one-{kind}", [{f"resources:{kind}": "1"}])
    listed = {device["driver"] for device in cloud.devices().values()}
    report.check("each driver's devices are in the accelerator service", set(DRIVERS) <= listed, listed)
    counts = {driver: sum(1 for device in cloud.devices().values() if device["driver"] == driver) for driver in DRIVERS}
    report.note(f"devices: {counts}")
    return ready


def life(report, cloud, guest):
    """Each device is claimed, bound, attached to a guest within the guest that uses it, detached, cleaned, verified and bound again."""
    record(cloud, guest, "free", "nothing of it held")
    held = []
    for driver in DRIVERS:
        tenancy = Tenancy(cloud, driver)
        tenancy.bind()
        held.append(tenancy)
    for tenancy in held:
        if not report.check(f"{tenancy.driver}: claimed and bound", tenancy.bound(), guest.agent_log()):
            return
        report.check(
            f"{tenancy.driver}: the kernel has what the handle names", guest.exists(tenancy.kernel_path),
            tenancy.kernel_path)
    for tenancy in held:
        if not tenancy.is_mediated:
            guest.attach(tenancy.address)
            report.check(
                f"{tenancy.driver}: {tenancy.address} goes to vfio-pci", guest.driver_of(tenancy.address) == "vfio-pci")
    record(cloud, guest, "attached", "one handle of each driver bound for a guest")
    report.note("a guest within the guest starts")
    drive = next((tenancy for tenancy in held if tenancy.driver == "nvme"), None)
    words = f"canary={CANARY} drive=yes" if drive else f"canary={CANARY}"
    lines, said, seconds = guest.run_nested(words, [tenancy.device for tenancy in held])
    report.note(f"it ran for {seconds:.0f} s")
    seen(report, lines, said)
    for tenancy in held:
        if not tenancy.is_mediated:
            guest.detach(tenancy.address)
    if not drive:
        released(report, cloud, guest, held)
        return
    left = eventually(30, lambda: guest.canaries("LABNVME0001", CANARY))
    report.check("nvme: the host finds what the tenant wrote", left, left)
    released(report, cloud, guest, held)
    report.check("nvme: and after the release nothing of it", guest.canaries("LABNVME0001", CANARY) == 0)
    next_tenant(report, cloud, drive)


def record(cloud, guest, name, state):
    """Records the host in its present state, for tests without a laboratory."""
    note = f"The host of the laboratory under its own agent, {state}. Recorded by lab/test lifecycle."
    guest.run(f"rm -f /root/{name}.host; /goods/kilonova host record /root/{name}.host --note '{note}'")
    (cloud.folder / f"{name}.host").write_text(guest.run(f"cat /root/{name}.host").stdout)


def seen(report, lines, said):
    """Checks what the guest within the guest reported about each driver's device."""
    report.check("the guest within the guest comes to its end", any(line.startswith("done") for line in lines), said[-3000:])
    words = [line.split() for line in lines]

    def says(*begin):
        return [line[len(begin):] for line in words if line[:len(begin)] == list(begin)]

    for driver, identity in (("pci", "10de:20b5"), ("intel_qat", "8086:4941")):
        if driver not in DRIVERS:
            continue
        magic = says("magic", identity)
        report.check(f"{driver}: the inner guest reads its registers", magic == [["0x414C4E4B"]], magic or said[-2000:])
        scratch = says("scratch", identity)
        report.check(f"{driver}: and writes them", scratch == [["0x5EED1234"]], scratch)
    if "pci" in DRIVERS:
        memory = says("memory", "10de:20b5")
        report.check("pci: and the card's memory to its end", memory == [["0x00CA9A97", "0x00CA9A97"]], memory)
    if "nvme" in DRIVERS:
        drive = says("drive")
        report.check("nvme: the inner guest has the drive", drive == [["LABNVME0001", "32768"]], drive or said[-2000:])
        canaries = says("canaries")
        report.check("nvme: and reads what it wrote", canaries and int(canaries[0][0]) > 100000, canaries)
    for driver, place in PLACES.items():
        if driver in DRIVERS:
            ports = says("port", place)
            report.check(f"{driver}: the inner guest has its serial ports", ports, lines)
            report.check(f"{driver}: and one echoes", [port for port in ports if len(port) == 3], ports)


def released(report, cloud, guest, held):
    before = len(cloud.certificates())
    for tenancy in held:
        tenancy.release()
    for tenancy in held:
        report.check(f"{tenancy.driver}: released, cleaned and given out again", tenancy.freed(), guest.agent_log())
        if tenancy.is_mediated:
            report.check(
                f"{tenancy.driver}: the mediated device is gone", not guest.exists(tenancy.kernel_path), tenancy.kernel_path)
    certificates = cloud.certificates()
    report.check(
        "a certificate for each", len(certificates) - before == len(held), f"{before} and then {len(certificates)}")
    for tenancy in held:
        own = [one for one in certificates if one["attach_handle_uuid"] == tenancy.handle]
        report.check(f"{tenancy.driver}: its last certificate says cleaned", own and own[-1]["result"] == "cleaned", own)


def next_tenant(report, cloud, former):
    """The next tenant of the drive reads its certificate, which says what was erased and read back."""
    after = Tenancy(cloud, "nvme")
    after.bind()
    if not report.check("nvme: the next tenant gets it", after.bound()):
        return
    report.check("nvme: it is the same", after.handle == former.handle)
    certificate = cloud.get(
        f"/accelerator/v2/accelerator_requests/{after.request}/certificate", user="demo", service=True)
    holds, said = cloud.verified([certificate], "next-tenant")
    report.check("nvme: its certificate holds, and samples were read back", holds and "samples" in said, said)
    report.note(said.splitlines()[0] if said else "")
    after.release()
    report.check("nvme: and it is given out again", after.freed())


# The agent is killed

def kills(report, cloud, guest):
    """The agent is ended by SIGKILL at each step of a tenancy and restarted. The tenancy ends as it does without that."""
    generator = random.Random(6)
    for driver in DRIVERS:
        for step in ("before it binds", "while it binds", "while it is held", "while it is released", "while it cleans"):
            outcome = killed(cloud, guest, driver, step, generator)
            report.check(f"{driver}: the agent is killed {step}: the tenancy ends as it would have", outcome is None, outcome)
    report.check(
        "nothing is left of any mediated device", guest.read("ls /sys/bus/mdev/devices | wc -l") == "0",
        guest.read("ls /sys/bus/mdev/devices"))


def killed(cloud, guest, driver, step, generator):
    """None, or the failure as text."""
    def cut(most=0.0):
        if most:
            guest.run(f"sleep {generator.uniform(0, most):.2f}; kill -KILL $(cat /run/agent.pid)", check=False)
        guest.kill_agent()
        guest.start_agent()

    tenancy = Tenancy(cloud, driver)
    if step == "before it binds":
        guest.kill_agent()
    tenancy.bind()
    if step == "before it binds":
        guest.start_agent()
    elif step == "while it binds":
        cut(0.3)
    if not tenancy.bound():
        return f"it was not bound: {tenancy.shown or cloud.show(tenancy.request)}\n{guest.agent_log()}"
    if not guest.exists(tenancy.kernel_path):
        return f"the kernel has no {tenancy.kernel_path}"
    if driver == "nvme":
        guest.fill(tenancy.address, CANARY)
    if step == "while it is held":
        cut()
        if not guest.exists(tenancy.kernel_path):
            return f"the kernel lost {tenancy.kernel_path}"
    tenancy.release()
    if step == "while it is released":
        cut()
    elif step == "while it cleans":
        cut(2.0 if driver == "nvme" else 0.5)
    if not tenancy.freed():
        return f"it was not given out again: {cloud.handle(tenancy.handle)}\n{guest.agent_log()}"
    if tenancy.is_mediated and guest.exists(tenancy.kernel_path):
        return f"the kernel still has {tenancy.kernel_path}"
    if driver == "nvme" and guest.canaries("LABNVME0001", CANARY) != 0:
        return "the drive still holds canaries"
    return None


# The control plane is killed, and its chain of certificates

def chain(report, cloud):
    certificates = cloud.certificates()
    holds, said = cloud.verified(certificates, "all")
    report.check(f"the chain of all {len(certificates)} certificates holds", holds and certificates, said[-3000:])
