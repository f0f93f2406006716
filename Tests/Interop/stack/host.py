"""A host's files, as an agent reads them: two functions of one card that are reset together."""
import os

from .files import write

ADDRESSES = ("0000:3b:00.0", "0000:3b:00.1")


def lay_out(folder):
    """Creates `sys` and `proc` with the two functions. Returns the folder, for `agent.root`."""
    bus = f"{folder}/sys/bus/pci/devices"
    os.makedirs(bus, exist_ok=True)
    write(f"{folder}/proc/self/mountinfo", "")
    for address in ADDRESSES:
        device = f"{folder}/sys/devices/pci0000:3a/{address}"
        for name, text in (("class", "0x030200"), ("vendor", "0x10de"), ("device", "0x20b5"), ("numa_node", "0"),
                           ("reset", ""), ("reset_method", "flr"), ("driver_override", "(null)")):
            write(f"{device}/{name}", text + "\n")
        os.symlink(f"../../../devices/pci0000:3a/{address}", f"{bus}/{address}")
    return folder


def was_reset(folder, address):
    """Whether the function's reset was requested."""
    with open(f"{folder}/sys/devices/pci0000:3a/{address}/reset") as file:
        return file.read().strip() == "1"
