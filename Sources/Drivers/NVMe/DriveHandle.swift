import Host
import Model

/// What a drive's handle attaches, by the configured type.
enum DriveHandle {
    /// Throws, with the end of a sentence, if the drive lacks what such a handle needs.
    static func target(
        _ type: NVMeOptions.HandleType, _ function: PCIAddress, _ drive: NVMeController?, _ host: HostSnapshot
    ) throws(DriverFault) -> AttachTarget {
        switch type {
        case .pci: return .pci(function)
        case .nvme:
            // While a guest has the drive its namespaces are not seen; what is held keeps the content that it had.
            guard let drive, !drive.namespaces.isEmpty else { return .nvme(NamespaceTarget(function, number: 1)) }
            guard drive.namespaces.count == 1 else { throw several("nvme", drive) }
            return .nvme(NamespaceTarget(function, number: drive.namespaces[0].identifier))
        case .block:
            guard let drive, let namespace = drive.namespaces.first else {
                throw DriverFault(
                    "nvme.handle_type is block, and the drive has no block device; bind it to the kernel's nvme driver, and give it a namespace"
                )
            }
            guard drive.namespaces.count == 1 else { throw several("block", drive) }
            // The kernel's own names change from one binding to the next.
            guard let name = host.blocks.first(where: { $0.name == namespace.name })?.wwid, !name.contains(" ") else {
                throw DriverFault(
                    "nvme.handle_type is block, and \(namespace.name) has no world wide name, so no path to it survives a restart"
                )
            }
            return .block(BlockTarget("/dev/disk/by-id/nvme-\(name)", function: function))
        }
    }

    private static func several(_ type: String, _ drive: NVMeController) -> DriverFault {
        DriverFault(
            "nvme.handle_type is \(type), and the drive has \(drive.namespaces.count) namespaces; it must have exactly one"
        )
    }
}
