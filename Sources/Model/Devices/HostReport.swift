/// What an agent says its host has. The whole truth each time: what is not in it is not there.
public struct HostReport: Sendable, Codable, Equatable {
    /// Grows with each report that differs from the one before; the receiver ignores one it has seen.
    public var generation: Int64
    public var devices: [DeviceReport]
    public var drivers: [DriverReport]
    /// What an operator of the host should know.
    public var conditions: [HostCondition]

    public init(
        generation: Int64, devices: [DeviceReport], drivers: [DriverReport], conditions: [HostCondition] = []
    ) {
        self.generation = generation
        self.devices = devices
        self.drivers = drivers
        self.conditions = conditions
    }

    /// An agent of the release before knows no conditions; of kinds that are not known here nothing is kept.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        generation = try container.decode(Int64.self, forKey: .generation)
        devices = try container.decode([DeviceReport].self, forKey: .devices)
        drivers = try container.decode([DriverReport].self, forKey: .drivers)
        conditions = (try? container.decodeIfPresent([HostCondition].self, forKey: .conditions)) ?? []
    }
}

/// How one driver of a host is doing.
public struct DriverReport: Sendable, Codable, Equatable {
    public var name: String
    /// `supported`, `experimental`, `deprecated`.
    public var supportLevel: String
    /// Why its last pass failed; nil when it is well. A failing driver's devices stay as last reported.
    public var failure: String?
    /// The release from which it has this level, and what the level rests on; nil where the agent does not say.
    public var since: String?
    public var evidence: String?

    public init(
        name: String, supportLevel: String, failure: String? = nil, since: String? = nil, evidence: String? = nil
    ) {
        self.name = name
        self.supportLevel = supportLevel
        self.failure = failure
        self.since = since
        self.evidence = evidence
    }
}

/// One physical device of a host.
public struct DeviceReport: Sendable, Codable, Equatable {
    public var type: DeviceType
    /// As the driver names it: `0xABCD` (fake), `10de`.
    public var vendor: String
    public var model: String
    /// JSON text or free text.
    public var standardBoardInfo: String?
    public var vendorBoardInfo: String?
    /// The key of the device on its host: JSON text of its control path, such as the PCI address of its PF.
    public var controlPath: String
    /// The driver that found it.
    public var driver: String
    /// IOMMU group, NUMA node and the like, for the operator; not part of the wire contract of 2.0 to 2.3.
    public var facts: [String: String]
    public var deployables: [DeployableReport]

    public init(
        type: DeviceType, vendor: String, model: String, standardBoardInfo: String? = nil,
        vendorBoardInfo: String? = nil,
        controlPath: String, driver: String, facts: [String: String] = [:], deployables: [DeployableReport]
    ) {
        self.type = type
        self.vendor = vendor
        self.model = model
        self.standardBoardInfo = standardBoardInfo
        self.vendorBoardInfo = vendorBoardInfo
        self.controlPath = controlPath
        self.driver = driver
        self.facts = facts
        self.deployables = deployables
    }
}

/// A part of a device that can be scheduled: one resource class of one resource provider stands for it.
public struct DeployableReport: Sendable, Codable, Equatable {
    /// Unique in the whole cloud; also the provider's name, unless that has one of its own.
    public var name: String
    /// The provider's name where it stands for several deployables, each of a class of its own; nil where it is `name`.
    public var providerName: String?
    /// The name of the provider that stands between the host's and this one: its NUMA node's; nil where there is none.
    public var parentName: String?
    /// The provider's id: UUID version 3 of `name` in the DNS namespace, in the legacy layout.
    public var resourceProvider: ResourceProviderID
    public var resourceClass: String
    /// Units in the inventory.
    public var accelerators: Int
    public var traits: [String]
    /// Key and value pairs as the API shows them, `rc` and `trait…` included, in order.
    public var attributes: [AttributeReport]
    public var handles: [AttachHandleReport]

    public init(
        name: String, resourceProvider: ResourceProviderID, resourceClass: String, accelerators: Int, traits: [String],
        attributes: [AttributeReport], handles: [AttachHandleReport], providerName: String? = nil,
        parentName: String? = nil
    ) {
        self.name = name
        self.parentName = parentName
        self.providerName = providerName
        self.resourceProvider = resourceProvider
        self.resourceClass = resourceClass
        self.accelerators = accelerators
        self.traits = traits
        self.attributes = attributes
        self.handles = handles
    }
}

public struct AttributeReport: Sendable, Codable, Equatable {
    public var key: String
    public var value: String

    public init(key: String, value: String) {
        self.key = key
        self.value = value
    }
}

/// One attachable unit.
public struct AttachHandleReport: Sendable, Codable, Equatable {
    public var type: AttachHandleType
    /// A map of text to text, as consumers read it; of PCI: domain, bus, device, function.
    public var info: [String: String]
    /// True when the host must act before a consumer can attach it (mdev creation, programming, a slow fake).
    public var needsPreparation: Bool
    /// True when the device keeps what a tenant put on it: the host must clean it before another gets it.
    public var needsCleaning: Bool

    public init(
        type: AttachHandleType, info: [String: String], needsPreparation: Bool = false, needsCleaning: Bool = false
    ) {
        self.type = type
        self.info = info
        self.needsPreparation = needsPreparation
        self.needsCleaning = needsCleaning
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        type = try container.decode(AttachHandleType.self, forKey: .type)
        info = try container.decode([String: String].self, forKey: .info)
        needsPreparation = try container.decodeIfPresent(Bool.self, forKey: .needsPreparation) ?? false
        needsCleaning = try container.decodeIfPresent(Bool.self, forKey: .needsCleaning) ?? false
    }
}
