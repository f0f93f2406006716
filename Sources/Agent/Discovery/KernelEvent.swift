/// A uevent, as the kernel words it: `add@/devices/…` and then `KEY=value` texts, each ended by a zero byte.
struct KernelEvent: Equatable {
    let action: String
    let subsystem: String

    /// Nil for messages of another form, such as those of udev.
    init?(_ message: [UInt8]) {
        var action: String?
        var subsystem: String?
        for field in message.split(separator: 0) {
            let text = String(decoding: field, as: UTF8.self)
            if text.hasPrefix("ACTION=") { action = String(text.dropFirst(7)) }
            if text.hasPrefix("SUBSYSTEM=") { subsystem = String(text.dropFirst(10)) }
        }
        guard let action, let subsystem else { return nil }
        self.action = action
        self.subsystem = subsystem
    }

    /// Whether something that drivers look at may have changed by it.
    var concernsDevices: Bool { Self.subsystems.contains(subsystem) }

    private static let subsystems: Set<String> = [
        "pci", "nvme", "nvme-subsystem", "block", "net", "mdev", "mdev_bus", "drm", "graphics", "fpga_manager",
        "fpga_region", "vfio", "vfio-dev", "iommu", "node",
    ]
}
