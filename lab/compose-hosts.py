#!/usr/bin/env python3
"""compose-hosts.py FOLDER: writes recorded hosts of machines that were not available for a recording.

Attributes and their forms are those that the kernel's documentation and drivers give; the values are made up. Where a real
machine was recorded instead, the recording is the better fixture, and this host should go.
"""
import sys

VENDORS = """What the drivers of the vendors look for, composed after the documented layouts: an Intel X710 with VFs and an
XXV710 without, a QAT C62x with VFs, two Intel PAC with Arria 10 (one with a VF), a Xilinx Alveo with two functions, an Inspur
FPGA and an Inspur NVMe drive, two Huawei Ascend, an NVIDIA A100 with VFs that take types by the vendor's VFIO interface, one of
them in use, and an NVIDIA A2."""
FLEET = """Eight GPUs with 16 virtual functions each, 16 NVMe drives and 64 other functions: the host that discovery is timed
on."""

SHARED = """Three GPUs whose virtual functions share what the card holds: two that take types by the vendor's VFIO interface, one
of them with names of several words and types of MIG instances, and one whose functions are mdev parents."""


class Host:
    def __init__(self, name, note):
        self.note, self.folders, self.group = note, {}, 0
        self.file("/proc/sys/kernel/hostname", name + "\n")
        self.file("/proc/self/mountinfo", "22 1 253:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n")
        self.file("/proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n")
        self.file("/proc/net/route", "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n")
        self.file("/proc/net/ipv6_route", "")
        self.file("/sys/devices/system/node/online", "0-1\n")
        for node in (0, 1):
            base = f"/sys/devices/system/node/node{node}"
            self.file(base + "/cpulist", f"{node * 32}-{node * 32 + 31}\n")
            self.file(base + "/meminfo", f"Node {node} MemTotal:       263856340 kB\n")
            self.file(base + "/distance", "10 21\n" if node == 0 else "21 10\n")
        for driver in "nvme vfio-pci pci-pf-stub i40e iavf c6xx c6xxvf intel-fpga-pci xclmgmt xocl nvidia pcieport".split():
            self.folders.setdefault(f"/sys/bus/pci/drivers/{driver}", {})

    def put(self, path, entry):
        folder, name = path.rsplit("/", 1)
        self.folders.setdefault(folder, {})[name] = entry

    def file(self, path, text):
        self.put(path, "f %s\t" + text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t"))

    def link(self, path, target):
        self.put(path, "l %s\t" + target)

    def pci(self, address, cls, ids, node=0, subsystem="8086:0000", driver=None, sriov=None, pf=None, reset="flr bus", **more):
        root = int(address[5:7], 16) // 64 * 64
        home = f"/sys/devices/pci0000:{root:02x}/0000:{root:02x}:01.0/{address}"
        up = "../../../../"
        vendor, device = ids.split(":")
        event = f"PCI_CLASS={cls:X}\nPCI_ID={vendor.upper()}:{device.upper()}\nPCI_SUBSYS_ID={subsystem.upper()}\nPCI_SLOT_NAME={address}\n"
        files = {
            "vendor": f"0x{vendor}", "device": f"0x{device}", "class": f"0x{cls:06x}", "numa_node": node, "revision": "0x01",
            "subsystem_vendor": "0x" + subsystem.split(":")[0], "subsystem_device": "0x" + subsystem.split(":")[1],
            "driver_override": "(null)", "reset_method": reset, "current_link_speed": "16.0 GT/s PCIe",
            "max_link_speed": "16.0 GT/s PCIe", "current_link_width": 16, "max_link_width": 16, "boot_vga": None,
        }
        files.update(more)
        self.file(home + "/uevent", (f"DRIVER={driver}\n" if driver else "") + event)
        for name, value in files.items():
            if value not in (None, ""):
                self.file(f"{home}/{name}", f"{value}\n")
        self.group += 1
        self.link(home + "/iommu_group", f"{up}kernel/iommu_groups/{self.group}")
        if driver:
            self.link(home + "/driver", f"{up}bus/pci/drivers/{driver}")
        if pf:
            self.link(home + "/physfn", f"../{pf}")
        if sriov:
            total, functions, offset, product = sriov
            for name, value in dict(totalvfs=total, numvfs=len(functions), offset=offset, stride=1, vf_device=product,
                                    drivers_autoprobe=1).items():
                self.file(f"{home}/sriov_{name}", f"{value}\n")
            for index, function in enumerate(functions):
                self.link(f"{home}/virtfn{index}", f"../{function}")
        self.link(f"/sys/bus/pci/devices/{address}", f"../../../{home[5:]}")
        return home

    def net(self, home, name, mac):
        base = f"{home}/net/{name}"
        self.file(base + "/address", mac + "\n")
        self.file(base + "/operstate", "up\n")
        self.link(base + "/device", "../../../" + home.rsplit("/", 1)[1])
        self.link(f"/sys/class/net/{name}", f"../../{base[5:]}")

    def drive(self, home, number, serial, model, size):
        name, block = f"nvme{number}", f"nvme{number}n1"
        base = f"{home}/nvme/{name}"
        for key, value in dict(model=model, serial=serial, firmware_rev="1.0", transport="pcie", state="live", cntlid=1,
                               subsysnqn=f"nqn.2014-08.org.nvmexpress:{serial}").items():
            self.file(f"{base}/{key}", f"{value}\n")
        self.link(f"/sys/class/nvme/{name}", f"../../{base[5:]}")
        for key, value in dict(dev=f"259:{number}", size=size // 512).items():
            self.file(f"{base}/{block}/{key}", f"{value}\n")
        self.folders.setdefault(f"{base}/{block}/slaves", {})
        self.folders.setdefault(f"{base}/{block}/holders", {})
        self.link(f"/sys/class/block/{block}", f"../../{base[5:]}/{block}")

    def text(self):
        lines = ["kilonova-host 1"] + ["# " + line for line in self.note.split("\n")]
        for folder in sorted(self.folders, key=lambda path: path.encode()):
            lines.append(folder)
            for name in sorted(self.folders[folder], key=lambda path: path.encode()):
                lines.append(" " + self.folders[folder][name] % name)
        return "\n".join(lines) + "\n"


def vendors():
    host = Host("vendors", VENDORS)
    vfs = [f"0000:3b:02.{index}" for index in range(4)]
    home = host.pci("0000:3b:00.0", 0x020000, "8086:1572", driver="i40e", sriov=(64, vfs, 16, "154c"))
    host.net(home, "eth2", "52:54:00:aa:00:02")
    for index, function in enumerate(vfs):
        home = host.pci(function, 0x020000, "8086:154c", driver="iavf" if index < 2 else "vfio-pci", pf="0000:3b:00.0", reset="flr")
        if index < 2:
            host.net(home, f"eth2v{index}", f"52:54:00:aa:01:{index:02x}")
    home = host.pci("0000:3c:00.0", 0x020000, "8086:158b", driver="i40e", sriov=(64, [], 16, "154c"))
    host.net(home, "eth3", "52:54:00:aa:00:03")
    vfs = [f"0000:3d:01.{index}" for index in range(4)]
    host.pci("0000:3d:00.0", 0x0b4000, "8086:37c8", driver="c6xx", sriov=(16, vfs, 8, "37c9"))
    for function in vfs:
        host.pci(function, 0x0b4000, "8086:37c9", driver="c6xxvf", pf="0000:3d:00.0", reset="flr")
    for number, (address, virtual) in enumerate([("0000:5e:00.0", []), ("0000:5f:00.0", ["0000:5f:00.1"])]):
        home = host.pci(address, 0x120000, "8086:09c4", driver="intel-fpga-pci", sriov=(1, virtual, 1, "09c5"))
        base = f"{home}/fpga/intel-fpga-dev.{number}"
        host.file(f"{base}/intel-fpga-fme.{number}/pr/interface_id", "9926ab6d6c925a68aabca7d84c545738\n")
        host.file(f"{base}/intel-fpga-port.{number}/afu_id", "d8424dc4a4a3c413f89e433683f9040b\n")
        host.link(f"/sys/class/fpga/intel-fpga-dev.{number}", f"../../{base[5:]}")
        for function in virtual:
            host.pci(function, 0x120000, "8086:09c5", pf=address, reset="flr")
    host.pci("0000:86:00.0", 0x120000, "10ee:5000", node=1, driver="xclmgmt")
    host.pci("0000:86:00.1", 0x120000, "10ee:5001", node=1, driver="xocl")
    host.pci("0000:87:00.0", 0x120000, "1bd4:a115", node=1)
    home = host.pci("0000:88:00.0", 0x010802, "1bd4:1001", node=1, driver="nvme")
    host.drive(home, 0, "INSPUR000001", "INSPUR NS8500G2U160", 128 << 20)
    host.pci("0000:89:00.0", 0x120000, "19e5:d100", node=1, reset="pm bus")
    host.pci("0000:8a:00.0", 0x120000, "19e5:d100", node=1, reset="pm bus")
    vfs = [f"0000:c1:00.{index}" for index in range(4, 8)]
    host.pci("0000:c1:00.0", 0x030200, "10de:20b5", node=1, subsystem="10de:1533", driver="nvidia", sriov=(16, vfs, 4, "20b5"))
    kinds = "ID    : vGPU Name\n558   : NVIDIA A100-4C\n559   : NVIDIA A100-8C\n575   : NVIDIA A100-2-10C\n"
    for index, function in enumerate(vfs):
        home = host.pci(function, 0x030200, "10de:20b5", node=1, subsystem="10de:1533", driver="nvidia", pf="0000:c1:00.0", reset="flr")
        host.file(home + "/nvidia/creatable_vgpu_types", kinds if index else "ID    : vGPU Name\n")
        host.file(home + "/nvidia/current_vgpu_type", "0\n" if index else "558\n")
    host.pci("0000:c2:00.0", 0x030200, "10de:25b6", node=1, subsystem="10de:157e", driver="nvidia")
    return host.text()


def fleet():
    host = Host("fleet", FLEET)
    for gpu in range(8):
        bus = 0x41 + gpu * 2 + (0x40 if gpu > 3 else 0)
        node = 0 if gpu < 4 else 1
        vfs = [f"0000:{bus + 1:02x}:{index // 8:02x}.{index % 8}" for index in range(16)]
        physical = f"0000:{bus:02x}:00.0"
        host.pci(physical, 0x030200, "10de:20b5", node=node, driver="pci-pf-stub", sriov=(16, vfs, 256, "20b5"))
        for function in vfs:
            host.pci(function, 0x030200, "10de:20b5", node=node, pf=physical, reset="flr")
    for index in range(16):
        home = host.pci(f"0000:{0x01 + index:02x}:00.0", 0x010802, "144d:a80a", driver="nvme", reset="flr bus")
        host.drive(home, index, f"S6{index:08d}", "SAMSUNG MZWLJ1T9HBJR", 128 << 20)
    for index in range(64):
        host.pci(f"0000:{0xd0 + index // 8:02x}:{index % 8:02x}.0", 0x0b4000, "8086:4941", node=1, reset="flr")
    return host.text()


def shared():
    host = Host("shared", SHARED)
    cards = {
        "0000:61:00.0": ("26b9", 0, 6, [(1140, "NVIDIA L40S-1Q"), (1147, "NVIDIA L40S-16Q"), (1149, "NVIDIA L40S-24Q"), (1150, "NVIDIA L40S-48Q")]),
        "0000:62:00.0": ("2bb5", 0, 4, [(number, f"NVIDIA RTX Pro 6000 Blackwell DC-{name}") for number, name in
                                        ((1519, "3Q"), (1521, "3A"), (1540, "96Q"), (1560, "1-24Q"), (1570, "4-96Q"))]),
        "0000:a1:00.0": ("20b5", 1, 4, []),
    }
    for physical, (product, node, count, kinds) in cards.items():
        ids = f"10de:{product}"
        vfs = [f"{physical[:8]}{(4 + index) // 8:02x}.{(4 + index) % 8}" for index in range(count)]
        host.pci(physical, 0x030200, ids, node=node, subsystem="10de:1851", driver="nvidia", sriov=(32, vfs, 4, product))
        for function in vfs:
            home = host.pci(function, 0x030200, ids, node=node, subsystem="10de:1851", driver="nvidia", pf=physical, reset="flr")
            if kinds:
                lines = "".join(f"{number}  : {name}\n" for number, name in kinds)
                host.file(home + "/nvidia/creatable_vgpu_types", "ID    : vGPU Name\n" + lines)
                host.file(home + "/nvidia/current_vgpu_type", "0\n")
                continue
            host.link(f"/sys/class/mdev_bus/{function}", f"../../{home[5:]}")
            for name, title, memory, most in (("nvidia-471", "GRID A100-10C", 10240, 4), ("nvidia-473", "GRID A100-20C", 20480, 2)):
                base = f"{home}/mdev_supported_types/{name}"
                host.file(base + "/available_instances", "1\n")
                host.file(base + "/description", f"num_heads=1, frl_config=60, framebuffer={memory}M, max_resolution=4096x2160, max_instance={most}\n")
                host.file(base + "/device_api", "vfio-pci\n")
                host.file(base + "/name", title + "\n")
                host.folders.setdefault(base + "/devices", {})
    return host.text()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for name, text in (("vendors", vendors()), ("fleet", fleet()), ("vgpu-shared", shared())):
        with open(f"{sys.argv[1]}/{name}.host", "w", encoding="utf-8") as out:
            out.write(text)
