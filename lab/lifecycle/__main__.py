"""lifecycle [quick|all|PART…]: the life of devices with this program's agent in the laboratory's guest, checked from outside.

Variables: LAB_ROOM is the guest's folder, LAB_KEEP the folder for the control plane's files and the agent's log, KILONOVA the program.
"""
import os
import pathlib
import signal
import subprocess
import sys

import adversary
import checks
import disruptions
from cloud import GATEWAY, Cloud
from guest import LAB, Guest
from report import Report
from tenancy import AGENT, DRIVERS, HOST

PARTS = {
    "life": checks.life, "kills": checks.kills, "tenants": adversary.tenants, "unplug": disruptions.unplug,
    "reboot": disruptions.reboot, "lies": disruptions.lies, "leaks": disruptions.leaks, "crashes": disruptions.crashes,
}
# The drivers that each part needs. Without them the part is skipped.
NEEDS = {"tenants": {"nvme", "pci"}, "lies": {"nvme"}, "leaks": {"pci"}, "crashes": {"nvme"}}


def main(words):
    parts = list(PARTS) if words in ([], ["all"]) else words
    keep = pathlib.Path(os.environ["LAB_KEEP"])
    report = Report()
    cloud = Cloud(os.environ["KILONOVA"], keep)
    guest = Guest(os.environ["LAB_ROOM"])
    goods = keep / "goods"
    if subprocess.run([LAB / "goods", goods]).returncode:
        return 1
    try:
        cloud.start()
        guest.start(goods)
        report.note("the guest is up")
        guest.known = lambda text: text.format(host=HOST, gateway=GATEWAY, port=cloud.agents_port, api=cloud.port)
        guest.put("/etc/kilonova/agent.yaml", guest.known(AGENT))
        guest.put("/etc/kilonova/token", cloud.enrolment_token(HOST))
        guest.put("/etc/kilonova/password", cloud.password("service"))
        guest.start_agent()
        if checks.reported(report, cloud, guest):
            for part in parts:
                missing = NEEDS.get(part, set()) - set(DRIVERS)
                if missing:
                    report.note(f"{part} is passed over: LAB_DRIVERS leaves out {', '.join(sorted(missing))}")
                    continue
                try:
                    PARTS[part](report, cloud, guest)
                except (ValueError, OSError, LookupError, subprocess.SubprocessError) as error:
                    report.check(f"{part} comes to its end", False, f"{type(error).__name__}: {error}")
                    report.note("the agent's log:\n# " + guest.agent_log(15).replace("\n", "\n# "))
                    for tenancy in list(cloud.tenancies):
                        tenancy.abandon(guest)
            checks.chain(report, cloud)
        if report.failures:
            report.note("the agent's log:\n# " + guest.agent_log(60).replace("\n", "\n# "))
    finally:
        try:
            (keep / "agent.log").write_text(guest.agent_log(100000))
        except (OSError, ValueError, subprocess.SubprocessError):
            pass
        cloud.stop()
        goods.unlink(missing_ok=True)
    return report.end()


# A signal to this process ends the control plane too.
for number in (signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, lambda *_: sys.exit(1))
sys.exit(main(sys.argv[1:]))
