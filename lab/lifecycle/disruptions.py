"""Cards that are unplugged, a host that restarts, a drive and a card that do not erase, a control plane that is killed."""
import json

from checks import CANARY, chain
from report import eventually
from tenancy import DRIVERS, HOST, Tenancy, provider_of

# What hangs where, as lab/machine says: QEMU's id, the function that a provider is named after, how to plug it in again.
PLUGS = {
    "pci": ("fpga0", "0000:83:00.0", "CUSTOM_FPGA", "lab-accel,id=fpga0,bus=n1.2,vendor=0x10ee,device=0x5001,class=0x120000,"
            "mem=16M,serial=0x1122334455660003"),
    "intel_qat": ("qat0", "0000:24:", "CUSTOM_QAT", "lab-accel,id=qat0,bus=n0.3,vendor=0x8086,device=0x4940,class=0x0b4000,"
                  "mem=1M,vfs=8,vf-device=0x4941,vf-mem=0,keep=on"),
    "nvidia": ("gpu1", "0000:23:00.0", "VGPU", "lab-accel,id=gpu1,bus=n0.2,vendor=0x10de,device=0x20b5,subvendor=0x10de,"
               "subdevice=0x1533,class=0x030200,mem=64M,serial=0x1122334455660002"),
}


def unplug(report, cloud, guest):
    """Cards are pulled by QEMU's monitor and come back; the inventory follows."""
    for driver, (name, place, kind, back) in PLUGS.items():
        if driver not in DRIVERS:
            continue
        said = guest.monitor(f"device_del {name}")
        gone = eventually(180, lambda: provider_of(cloud, driver, place)[1] is None)
        report.check(f"{driver}: {name} is unplugged, and its providers are gone", gone, said + "\n" + guest.agent_log())
        guest.plug(back)

        def known():
            _, provider = provider_of(cloud, driver, place)
            return provider and cloud.inventory(provider).get(kind, {}).get("total", 0) > 0
        report.check(
            f"{driver}: it is plugged in, and they are back", eventually(180, known), said + "\n" + guest.agent_log())
    # What is no card on a plug goes by the kernel's own means.
    for driver, away, back in (pair for pair in (
            ("nvme", "echo 1 > /sys/bus/pci/devices/0000:81:00.0/remove", "echo 1 > /sys/bus/pci/rescan"),
            ("mdev", "modprobe -r mtty", "modprobe mtty")) if pair[0] in DRIVERS):
        guest.run(away)
        gone = eventually(180, lambda: provider_of(cloud, driver)[1] is None)
        report.check(f"{driver}: its device goes, and its provider with it", gone, guest.agent_log())
        guest.run(back)

        def again():
            _, provider = provider_of(cloud, driver)
            return provider and cloud.inventory(provider).get(DRIVERS[driver][0], {}).get("total", 0) > 0
        report.check(f"{driver}: it comes back, and so does that", eventually(180, again), guest.agent_log())
    if "intel_qat" in DRIVERS:
        held(report, cloud, guest)


def held(report, cloud, guest):
    """A card that disappears while a tenant holds it is missing and withheld, and is cleaned before the next tenant gets it."""
    tenancy = Tenancy(cloud, "intel_qat")
    tenancy.bind()
    if not report.check("intel_qat: bound", tenancy.bound()):
        return
    name, place, _, back = PLUGS["intel_qat"]
    guest.monitor(f"device_del {name}")

    def missing():
        handle = cloud.handle(tenancy.handle)
        return handle["present"] is False or cloud.device(handle["device_uuid"])["state"] == "missing"
    report.check("intel_qat: unplugged while it is held: missing", eventually(180, missing), guest.agent_log())
    guest.plug(back)
    came = eventually(180, lambda: cloud.handle(tenancy.handle)["present"] is True)
    report.check("intel_qat: it comes back, and is its tenant's", came and cloud.show(tenancy.request)["state"] == "Bound",
                 cloud.handle(tenancy.handle))
    tenancy.release()
    report.check("intel_qat: and is given out again after him", tenancy.freed(), guest.agent_log())


def reboot(report, cloud, guest):
    """The host restarts while everything is held. Partitions and mediated devices are created again, and nothing is lost."""
    tenancies = [Tenancy(cloud, driver) for driver in DRIVERS]
    for tenancy in tenancies:
        tenancy.bind()
    for tenancy in tenancies:
        if not report.check(f"{tenancy.driver}: bound before the reboot", tenancy.bound(), guest.agent_log()):
            return
    guest.reboot()
    report.check(
        "the kernel came up without virtual functions", guest.read("cat /sys/bus/pci/devices/0000:82:00.0/sriov_numvfs") == "0")
    # A parent appears only after the agent, which moreover ends between its start and that.
    is_late = "mdev" in DRIVERS and not guest.run("modprobe -r mtty", check=False).returncode
    guest.start_agent()
    up = eventually(180, lambda: cloud.get(f"/accelerator/v2/hosts/{HOST}")["state"] == "up")
    report.check("the agent is up again", up, guest.agent_log())
    if is_late:
        waits = eventually(120, lambda: "cannot be prepared again yet" in guest.agent_log(200))
        report.check("mdev: the agent says that what was held cannot be there yet", waits, guest.agent_log())
        guest.kill_agent()
        guest.start_agent()
        guest.run("modprobe mtty")
    for place, count in (("0000:82:00.0", "4"), ("0000:24:00.0", "8")):
        path = f"/sys/bus/pci/devices/{place}/sriov_numvfs"
        report.check(
            f"{place} has its {count} virtual functions again", eventually(180, lambda: guest.read(f"cat {path}") == count),
            guest.agent_log())
    for tenancy in tenancies:
        there = eventually(60, lambda: guest.exists(tenancy.kernel_path))
        report.check(
            f"{tenancy.driver}: {tenancy.kernel_path} is there after the reboot", there,
            guest.read("ls /sys/bus/mdev/devices") + "\n" + guest.agent_log())
        report.check(f"{tenancy.driver}: and still its tenant's", cloud.show(tenancy.request)["state"] == "Bound")
        tenancy.release()
    for tenancy in tenancies:
        report.check(f"{tenancy.driver}: released after the reboot", tenancy.freed(), guest.agent_log())


# Drives that lie

def lies(report, cloud, guest):
    """A drive that reports success and erases nothing is detected and quarantined until an operator decides."""
    guest.layer("lying", "nvme", "blkdiscard")
    tenancy = Tenancy(cloud, "nvme")
    tenancy.bind()
    if not report.check("nvme: the drive that will lie is bound", tenancy.bound()):
        return
    fill(guest, tenancy)
    tenancy.release()
    handle = quarantined(report, cloud, guest, tenancy, "nvme: the drive that lies", "still holds data")
    left = guest.canaries("LABNVME0001", CANARY)
    report.check("nvme: it did lie", left, left)
    # An operator has it cleaned again, by a drive that is honest now.
    guest.honest()
    if handle:
        status, answer = cloud.api("POST", f"/accelerator/v2/attach_handles/{tenancy.handle}/retry")
        report.check("nvme: an operator has it cleaned again", status == 202, answer)
        report.check("nvme: and it is given out", tenancy.freed(), guest.agent_log())
        report.check("nvme: without a canary", guest.canaries("LABNVME0001", CANARY) == 0)


# Cards that leak

def leaks(report, cloud, guest):
    """A card whose memory survives its reset is detected and quarantined each time; an honest card passes."""
    said = guest.monitor(
        "device_add lab-accel,id=leaky,bus=n1.3,vendor=0x10ee,device=0x5001,class=0x120000,mem=16M,keep=on,"
        "serial=0x1122334455660009")
    eventually(180, lambda: provider_of(cloud, "pci", "0000:84:00.0")[1])
    for place, leaky in (("0000:83:00.0", False), ("0000:84:00.0", True)):
        for turn in (1, 2, 3):
            title = f"pci: the {'leaky' if leaky else 'honest'} card {place}, tenant {turn}"
            tenancy = Tenancy(cloud, "pci", place, "CUSTOM_FPGA")
            tenancy.bind()
            if not report.check(f"{title} is bound", tenancy.bound(), said):
                break
            canary = f"canary-{place[5:7]}-{turn}"
            guest.memory(tenancy.address, "fill", canary)
            planted = guest.memory(tenancy.address, "count", canary)
            report.check(f"{title} fills its memory with canaries", planted == 16 * 1024 * 1024 // 16, planted)
            tenancy.release()
            if leaky:
                leaked(report, cloud, guest, tenancy, title, canary)
            else:
                passed(report, cloud, guest, tenancy, title, canary)
    guest.monitor("device_del leaky")


def leaked(report, cloud, guest, tenancy, title, canary):
    handle = quarantined(report, cloud, guest, tenancy, title, "outlives its reset")
    # All but those that gave way to the pattern of the cleaning.
    left = guest.memory(tenancy.address, "count", canary)
    report.check(f"{title} did keep them", left > 1000000, left)
    if handle:
        status, answer = cloud.api("POST", f"/accelerator/v2/attach_handles/{tenancy.handle}/release")
        report.check(f"{title} is given out on an operator's word", status == 204 and tenancy.freed(), answer)


def passed(report, cloud, guest, tenancy, title, canary):
    report.check(f"{title} is given out again", tenancy.freed(), guest.agent_log())
    left = guest.memory(tenancy.address, "count", canary)
    report.check(f"{title} keeps nothing", left == 0, left)
    own = [one for one in cloud.certificates() if one["attach_handle_uuid"] == tenancy.handle]
    statement = json.loads(own[-1]["statement"]) if own else {}
    report.check(
        f"{title}: its certificate has the samples, and says what was not read",
        statement.get("verification", {}).get("count") == 1024 and "was not read" in str(statement.get("methods")),
        statement)


def fill(guest, tenancy):
    guest.fill(tenancy.address, CANARY)


def quarantined(report, cloud, guest, tenancy, title, reason):
    """Checks that the handle is in error for that reason, its capacity is withheld, and the failure is certified."""
    handle = eventually(180, lambda: next(
        (one for one in [cloud.handle(tenancy.handle)] if one["state"] == "error"), None))
    if not report.check(f"{title} is quarantined", handle, f"{cloud.handle(tenancy.handle)}\n{guest.agent_log()}"):
        return None
    report.check(f"{title}: the reason says why", reason in (handle["reason"] or ""), handle["reason"])
    report.note(handle["reason"])
    device = cloud.device(handle["device_uuid"])
    report.check(f"{title}: the device is in error", device["state"] == "error", device["state"])

    def withheld():
        stock = cloud.inventory(tenancy.provider)[tenancy.kind]
        return stock["reserved"] == stock["total"]
    report.check(f"{title}: Placement withholds it", eventually(60, withheld), cloud.inventory(tenancy.provider))
    own = [one for one in cloud.certificates() if one["attach_handle_uuid"] == tenancy.handle]
    failed = own and json.loads(own[-1]["statement"])
    report.check(
        f"{title}: its certificate says that it failed, and why",
        failed and failed["result"] == "failed" and reason in failed.get("reason", ""), failed)
    try:
        Tenancy(cloud, tenancy.driver, tenancy.name.split("_", 1)[1], tenancy.kind, patience=0)
        report.check(f"{title}: nobody can claim it", False)
    except ValueError as refused:
        report.check(f"{title}: nobody can claim it", "409" in str(refused), refused)
    return handle


# The control plane is killed

def crashes(report, cloud, guest):
    """The control plane is ended by SIGKILL while drives are cleaned. Each cleaning has one certificate, and the chain is valid."""
    before = len(cloud.certificates())
    rounds = 6
    for count in range(rounds):
        tenancy = Tenancy(cloud, "nvme")
        tenancy.bind()
        if not tenancy.bound():
            report.check(f"nvme: bound in round {count + 1}", False, guest.agent_log())
            return
        tenancy.release()
        eventually(count * 0.25, lambda: False, 0.05)
        cloud.kill()
        cloud.start()
        if not tenancy.freed():
            report.check(f"nvme: cleaned in round {count + 1}", False, guest.agent_log())
            return
    certificates = cloud.certificates()
    report.check(
        f"the control plane is killed {rounds} times while a drive is cleaned: one certificate for each",
        len(certificates) - before == rounds, f"{before}, then {len(certificates)}")
    numbers = [one["number"] for one in certificates]
    report.check("their numbers have no gap", sorted(numbers) == list(range(1, len(numbers) + 1)), numbers)
    chain(report, cloud)
