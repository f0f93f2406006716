"""One tenant's use of one driver's device, from the claim to the release; and the devices that each driver is tested on."""
import os

from report import eventually

HOST = "labhost"

# Driver: the class it reports, how its provider's name begins after the host's, and whether a guest's kernel sees a function.
DRIVERS = {
    "pci": ("CUSTOM_GPU_VF", "0000:82:10."),
    "mdev": ("CUSTOM_MDEV_MTTY_2", "mtty"),
    "nvme": ("CUSTOM_NVME", "0000:81:00.0"),
    "nvidia": ("VGPU", "0000:23:00.0"),
    "intel_qat": ("CUSTOM_QAT", "0000:24:"),
}
# Where in a guest within the guest the mediated devices of a driver are.
PLACES = {"mdev": "10", "nvidia": "11"}
if "LAB_DRIVERS" in os.environ:
    DRIVERS = {name: DRIVERS[name] for name in os.environ["LAB_DRIVERS"].split()}

AGENT = """agent:
  host: {host}
  control_plane: https://{gateway}:{port}
  enrolment_token_file: /etc/kilonova/token
  create_resource_provider: true
  enabled_drivers: [nvidia, intel_qat, nvme, mdev, pci]
  partitions:
    - {{address: "0000:82:00.0", virtual_functions: 4, driver: pci-pf-stub}}
    - {{address: "0000:24:00.0", virtual_functions: 8, driver: pci-pf-stub}}
  periodic_interval: 10s
  health_interval: 10s
keystone:
  auth_url: http://{gateway}:{api}/identity/v3
  username: nova
  password_file: /etc/kilonova/password
pci:
  device_spec:
    - {{address: "0000:82:10.*", resource_class: CUSTOM_GPU_VF, memory_region: 2}}
    - {{vendor_id: "10ee", product_id: "5001", resource_class: CUSTOM_FPGA, memory_region: 2}}
nvme: {{device_spec: [{{address: "0000:81:00.0", resource_class: CUSTOM_NVME}}]}}
mdev: {{device_spec: [{{parent: mtty, type: mtty-2}}]}}
gpu_devices: {{enabled_vgpu_types: [nvidia-474]}}
vgpu_nvidia-474: {{device_addresses: ["0000:23:00.0"]}}
log: {{level: info}}
"""


def provider_of(cloud, driver, at=None):
    """Name and id of the first provider of that driver, or of the one at that place."""
    begin = f"{HOST}_{at or DRIVERS[driver][1]}"
    found = sorted(item for item in cloud.providers().items() if item[0].startswith(begin))
    return found[0] if found else (None, None)


class Tenancy:
    """One accelerator request, bound or being bound."""

    def __init__(self, cloud, driver, at=None, kind=None, patience=90):
        self.cloud = cloud
        self.driver = driver
        self.kind = kind or DRIVERS[driver][0]
        self.name, self.provider = provider_of(cloud, driver, at)
        if not self.provider:
            raise ValueError(f"there is no provider of {driver}")
        self.instance = cloud.claim(self.provider, self.kind, patience)
        cloud.tenancies.append(self)
        self.request = cloud.request(f"one-{self.kind}")
        self.handle = None
        self.shown = None

    def bind(self):
        try:
            self.cloud.bind(self.request, HOST, self.provider, self.instance)
        except ValueError as refused:
            raise ValueError(f"{self.driver}, {self.name}: {refused}") from refused

    def bound(self, seconds=600):
        self.shown = self.cloud.bound(self.request, seconds)
        held = [handle for handle in self.cloud.handles(hostname=HOST) if handle["arq_uuid"] == self.request]
        self.handle = held[0]["uuid"] if held else None
        return bool(self.shown and self.handle)

    @property
    def info(self):
        return self.shown["attach_handle_info"]

    @property
    def address(self):
        info = self.info
        return f"{info['domain']}:{info['bus']}:{info['device']}.{info['function']}"

    @property
    def is_mediated(self):
        return self.driver in ("mdev", "nvidia")

    @property
    def kernel_path(self):
        """Where the guest's kernel has what is attached."""
        if self.is_mediated:
            return f"/sys/bus/mdev/devices/{self.handle}"
        return f"/sys/bus/pci/devices/{self.address}"

    @property
    def device(self):
        """As QEMU's vfio-pci names it. A mediated device is at a place of its driver's: all of them look alike to a guest."""
        if self.is_mediated:
            return f"sysfsdev={self.kernel_path},addr=0x{PLACES[self.driver]}"
        return f"host={self.address}"

    def release(self):
        self.cloud.release(self.instance)
        self.cloud.tenancies.remove(self)

    def abandon(self, guest):
        """Releases what a part still held when it failed."""
        if self.shown and not self.is_mediated and guest.driver_of(self.address) == "vfio-pci":
            guest.detach(self.address)
        self.release()

    def is_free(self):
        return self.cloud.handle(self.handle)["state"] == "available"

    def freed(self, seconds=600):
        """Whether, within that time, the handle is available and Placement shows its capacity."""
        def ask():
            if not self.is_free():
                return False
            stock = self.cloud.inventory(self.provider)[self.kind]
            return stock["reserved"] == 0 and stock["total"] > 0
        return bool(eventually(seconds, ask))
