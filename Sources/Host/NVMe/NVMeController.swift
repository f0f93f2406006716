public import Model

/// An NVMe controller that the kernel's driver runs.
public struct NVMeController: Sendable, Equatable {
    /// Such as `nvme0`. The name may belong to another drive after the next boot.
    public let name: String
    /// Nil for a controller over a network.
    public var address: PCIAddress?
    public var model: String?
    public var serial: String?
    public var firmware: String?
    /// `pcie`, `tcp`, `rdma`, `fc`, `loop`.
    public var transport: String?
    /// `live`, `resetting`, `dead`.
    public var state: String?
    public var controllerID: Int?
    /// The qualified name of its subsystem.
    package var subsystem: String?
    /// The subsystem's folder below `/sys/class/nvme-subsystem`.
    var subsystemFolder: String?
    public var namespaces: [NVMeNamespace]
}

/// A namespace, as the path of its controller shows it.
public struct NVMeNamespace: Sendable, Equatable {
    /// The block device with the data, such as `nvme0n1`.
    public var name: String
    /// The drive's own number of the namespace, which may differ from the number in the name.
    public var identifier: Int
    /// Bytes.
    public var size: UInt64?
}
