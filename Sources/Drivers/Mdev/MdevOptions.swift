import Host
public import Model

/// The configuration of mediated devices: section `mdev`.
public struct MdevOptions: Sendable, Equatable {
    /// The types and parents that are offered; empty if nothing is offered.
    public var specs: [MdevSpec]
    public var creator: Creator
    /// Whether each device is registered with `mdevctl`, if that is installed, so that it exists again after a reboot
    /// of the host.
    public var persists: Bool
    /// Shares of parents that are kept for types.
    public var partitions: [MdevPartition]

    /// `mdev_creator`: the program that makes a device when its handle is bound.
    public enum Creator: String, Sendable, CaseIterable {
        /// This agent. A compute service that would make the device finds it and leaves it.
        case agent
        /// The compute service. The agent only makes sure that nothing is left after release.
        case nova
    }

    public init(
        specs: [MdevSpec] = [], creator: Creator = .agent, persists: Bool = true,
        partitions: [MdevPartition] = []
    ) {
        self.partitions = partitions
        self.specs = specs
        self.creator = creator
        self.persists = persists
    }
}

/// One entry of `mdev.device_spec`.
public struct MdevSpec: Sendable, Equatable {
    public var parent: MdevParentName
    /// As sysfs names it: `nvidia-474`; or `*`.
    public var type: String
    /// Nil for `CUSTOM_MDEV_<TYPE>`.
    public var resourceClass: ResourceClass?
    public var traits: [Trait]
    package var liveMigratable: Bool?

    public init(
        parent: String = "*", type: String = "*", resourceClass: ResourceClass? = nil, traits: [Trait] = [],
        liveMigratable: Bool? = nil
    ) {
        self.parent = MdevParentName(parent)
        self.type = type
        self.resourceClass = resourceClass
        self.traits = traits
        self.liveMigratable = liveMigratable
    }

    /// Reads one entry of `mdev.device_spec`.
    public init(_ value: SpecValue) throws(DeviceSpecFault) {
        let entry = try SpecEntry(
            value, of: "mdev.device_spec", keys: ["parent", "type", "resource_class", "traits", "live_migratable"])
        self.init(
            type: try entry.text("type") ?? "*",
            resourceClass: try entry.resourceClass("resource_class"), traits: try entry.traits("traits"),
            liveMigratable: try entry.flag("live_migratable"))
        if let value = entry.value("parent") { parent = try MdevParentName(value) }
    }

    func matches(_ parent: MdevParent, type: String) -> Bool {
        (self.type == "*" || self.type == type) && self.parent.matches(parent.name, parent.address)
    }
}
