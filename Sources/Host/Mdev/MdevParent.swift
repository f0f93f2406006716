public import Model

/// A device that can be divided into mediated devices.
public struct MdevParent: Sendable, Equatable {
    /// The name below `/sys/class/mdev_bus`: a PCI address, or the name of a virtual device.
    public let name: String
    /// The device's folder.
    public let path: String
    public var address: PCIAddress?
    public var types: [MdevType]
}

/// A kind of mediated device that a parent offers. The types of one parent share its capacity.
public struct MdevType: Sendable, Equatable {
    /// Such as `nvidia-474`.
    public let name: String
    /// Such as `GRID A100-4C`.
    public var title: String?
    /// How many more can be made now.
    public var available: Int
    /// `vfio-pci`.
    var deviceAPI: String?
    public var text: String?
    /// The devices that exist, in order.
    public var devices: [String]
}

/// A mediated device that exists.
public struct Mdev: Sendable, Equatable {
    /// A UUID.
    public let name: String
    /// The parent's `MdevParent.name`.
    public var parent: String
    public var type: String?
    public var iommuGroup: Int?
}
