public import Model

/// A network interface of the host.
public struct NetworkInterface: Sendable, Equatable {
    public let name: String
    /// The function behind it; nil for bridges, bonds, VLANs and the like.
    public var address: PCIAddress?
    var hardwareAddress: String?
    /// `up`, `down`, `unknown`.
    public var state: String?
    /// The bridge, bond or switch that it is part of.
    public var master: String?
    public var isBridge: Bool
    var isBond: Bool
    /// What it runs over: a VLAN's or a bond's interfaces.
    public var lower: [String]
    /// What runs over it: VLANs, bonds, the interfaces of containers and guests.
    public var upper: [String]
}

/// A route that leads out through an interface.
public struct Route: Sendable, Equatable {
    public var interface: String
    /// `default`, or the network in dotted or colon form with its prefix length.
    public var destination: String
}
