public import Model

/// A network interface of the host.
public struct NetworkInterface: Sendable, Equatable {
    public let name: String
    /// Its PCI function; nil for bridges, bonds, VLANs and other virtual interfaces.
    public var address: PCIAddress?
    var hardwareAddress: String?
    /// `up`, `down`, `unknown`.
    public var state: String?
    /// The bridge, bond or switch that it is part of.
    public var master: String?
    public var isBridge: Bool
    var isBond: Bool
    /// The interfaces below it, such as a VLAN's or a bond's.
    public var lower: [String]
    /// The interfaces above it: VLANs, bonds, interfaces of containers and guests.
    public var upper: [String]
}

/// A route that leads out through an interface.
public struct Route: Sendable, Equatable {
    public var interface: String
    /// `default`, or the network in dotted or colon notation with its prefix length.
    public var destination: String
}
