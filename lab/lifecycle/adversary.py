"""Tenants in guests within the guest. Each searches the whole drive and the card's memory for data of the previous tenant, fills both, and
leaves. Between two tenants the agent cleans, by each method in turn."""
import json

from checks import chain
from tenancy import AGENT, Tenancy

# The method, its words in the certificate, and whether it needs a layer, because QEMU's drive has no sanitize.
METHODS = [("format", "nvme format", False), ("zero", "zero", False), ("sanitize", "sanitize", True)]
ROUNDS = 3


def tenants(report, cloud, guest):
    former = None
    for method, words, is_layered in METHODS:
        if is_layered:
            guest.layer("sanitizing", "nvme")
        guest.configure(AGENT.replace("nvme: {{", f"nvme: {{{{clear_action: {method}, "))
        for turn in range(1, ROUNDS + 1):
            own = f"canary-{method}-{turn}"
            drive, card, lines, said = tenant(cloud, guest, former, own)
            title = f"nvme, pci: {method}, tenant {turn} in a guest of his own"
            if former:
                report.check(f"{title} finds nothing of the one before, on drive or card", nothing(lines), said[-2000:])
            planted = dict(line.split(" ", 2)[1:] for line in lines if line.startswith("planted "))
            # Lines of them, as lab/nested/init writes them over the drive of 16 MiB.
            lines_of_it = 16 * 1024 * 1024 // (len(own) + len("-of-a-tenant-who-leaves-it-over-the-whole-drive\n"))
            report.check(
                f"{title} fills both from end to end",
                int(planted.get("drive", 0)) >= lines_of_it and planted.get("memory") == "262144 of 262144",
                planted or said[-2000:])
            for tenancy in (drive, card):
                tenancy.release()
            if turn == 2:
                # In the middle of the erasure, and once more a moment later.
                for pause in (0.4, 0.9):
                    guest.run(f"sleep {pause}; kill -KILL $(cat /run/agent.pid)", check=False)
                    guest.kill_agent()
                    guest.start_agent()
            if not report.check(
                    f"{title} is gone, and both are given out again" + (" though the agent was killed" if turn == 2 else ""),
                    drive.freed() and card.freed(), guest.agent_log()):
                return
            record = [one for one in cloud.certificates() if one["attach_handle_uuid"] == drive.handle][-1]
            methods = str(json.loads(record["statement"]).get("methods"))
            report.check(f"{title}: the certificate says {method}", record["result"] == "cleaned" and words in methods, methods)
            former = own
    drive, card, lines, said = tenant(cloud, guest, former, None)
    report.check("nvme, pci: the last tenant finds nothing either", nothing(lines), said[-2000:])
    guest.honest()
    guest.configure(AGENT)
    for tenancy in (drive, card):
        tenancy.release()
    report.check("nvme, pci: and leaves", drive.freed() and card.freed(), guest.agent_log())
    chain(report, cloud)


def tenant(cloud, guest, search, plant):
    """One tenancy of drive and card, in a guest within the guest: what that said."""
    held = [Tenancy(cloud, "nvme"), Tenancy(cloud, "pci")]
    for tenancy in held:
        tenancy.bind()
    for tenancy in held:
        if not tenancy.bound():
            raise ValueError(f"{tenancy.driver} was not bound\n{guest.agent_log()}")
        guest.attach(tenancy.address)
    words = "drive=yes" + (f" search={search}" if search else "") + (f" plant={plant}" if plant else "")
    lines, said, _ = guest.run_nested(words, [tenancy.device for tenancy in held])
    for tenancy in held:
        guest.detach(tenancy.address)
    return *held, lines, said


def nothing(lines):
    """Whether drive and card were searched, and nothing was found."""
    return "found drive 0" in lines and "found memory 0 of 262144" in lines
