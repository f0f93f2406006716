/// What sort of accelerator a device is, by the accelerator API's names.
public enum DeviceType: String, Sendable, Codable, CaseIterable {
    case gpu = "GPU"
    case fpga = "FPGA"
    case aichip = "AICHIP"
    case qat = "QAT"
    case nic = "NIC"
    case ssd = "SSD"
    case mdev = "MDEV"
    case pci = "PCI"
    case nvme = "NVME"
}

/// How a hypervisor attaches a handle.
public enum AttachHandleType: String, Sendable, Codable, CaseIterable {
    case pci = "PCI"
    case mdev = "MDEV"
    /// Made by the fake driver; consumers do not attach it.
    case testPCI = "TEST_PCI"
    /// A namespace of an NVMe drive.
    case nvme = "NVME"
    /// A block device of the host.
    case block = "BLOCK"
    case usb = "USB"
    /// A region of CXL memory.
    case cxl = "CXL"
}
