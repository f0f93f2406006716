/// The agent's report of its host. It is complete: what is not in it does not exist.
public struct HostReport: Sendable, Codable, Equatable {
    /// Grows with each report that differs from the previous one; the receiver ignores a generation that it has seen.
    public var generation: Int64
    public var devices: [DeviceReport]
    public var drivers: [DriverReport]
    /// Conditions that an operator of the host should know.
    public var conditions: [HostCondition]

    public init(
        generation: Int64, devices: [DeviceReport], drivers: [DriverReport], conditions: [HostCondition] = []
    ) {
        self.generation = generation
        self.devices = devices
        self.drivers = drivers
        self.conditions = conditions
    }

    /// An agent of the previous release reports no conditions. Conditions of unknown kinds are dropped.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        generation = try container.decode(Int64.self, forKey: .generation)
        devices = try container.decode([DeviceReport].self, forKey: .devices)
        drivers = try container.decode([DriverReport].self, forKey: .drivers)
        conditions = (try? container.decodeIfPresent([HostCondition].self, forKey: .conditions)) ?? []
    }
}

/// The state of one driver of a host.
public struct DriverReport: Sendable, Codable, Equatable {
    public var name: String
    /// `supported`, `experimental`, `deprecated`.
    public var supportLevel: String
    /// Why its last pass failed; nil if it succeeded. A failing driver's devices stay as last reported.
    public var failure: String?
    /// The release from which it has this level, and the basis of the level; nil if the agent does not report them.
    public var since: String?
    public var evidence: String?
    /// Whether it loads images onto its devices; nil if it does not, or if the agent does not say.
    public var programs: Bool?

    public init(
        name: String, supportLevel: String, failure: String? = nil, since: String? = nil, evidence: String? = nil,
        programs: Bool? = nil
    ) {
        self.programs = programs
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
    /// In the driver's form: `0xABCD` (fake), `10de`.
    public var vendor: String
    public var model: String
    /// JSON text or free text.
    public var standardBoardInfo: String?
    public var vendorBoardInfo: String?
    /// The key of the device on its host: JSON text of its control path, such as the PCI address of its PF.
    public var controlPath: String
    /// The name of the driver that found it.
    public var driver: String
    /// IOMMU group, NUMA node and other facts for the operator; not part of the API contract of 2.0 to 2.3.
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

/// A part of a device that can be scheduled, represented by one resource class of one resource provider.
public struct DeployableReport: Sendable, Codable, Equatable {
    /// Unique in the cloud; also the provider's name, unless `providerName` is set.
    public var name: String
    /// The provider's name if it represents several deployables, each with its own class; nil if it is `name`.
    public var providerName: String?
    /// The name of the provider between the host's and this one, such as its NUMA node's; nil if there is none.
    public var parentName: String?
    /// The provider's id: UUID version 3 of `name` in the DNS namespace, in the legacy layout.
    public var resourceProvider: ResourceProviderID
    public var resourceClass: String
    /// Number of units in the inventory.
    public var accelerators: Int
    public var traits: [String]
    /// Key and value pairs in order, as the API shows them, including `rc` and `trait…`.
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
