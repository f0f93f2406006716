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
