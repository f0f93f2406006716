/// One attachable unit.
public struct AttachHandleReport: Sendable, Codable, Equatable {
    public var attachment: Attachment
    /// Whether the host must prepare it before a consumer can attach it (creation of an mdev, programming, a slow
    /// fake).
    public var needsPreparation: Bool
    /// Whether the device keeps a tenant's data, so that the host must clean it before the next tenant gets it.
    public var needsCleaning: Bool

    public init(_ attachment: Attachment, needsPreparation: Bool = false, needsCleaning: Bool = false) {
        self.attachment = attachment
        self.needsPreparation = needsPreparation
        self.needsCleaning = needsCleaning
    }

    public init(
        type: AttachHandleType, info: [String: String], needsPreparation: Bool = false, needsCleaning: Bool = false
    ) {
        self.init(Attachment(type, info), needsPreparation: needsPreparation, needsCleaning: needsCleaning)
    }

    public var type: AttachHandleType { attachment.type }

    /// The attach information, as consumers read it. For PCI: domain, bus, device, function.
    public var info: [String: String] {
        get { attachment.info }
        set { attachment = Attachment(type, newValue) }
    }

    private enum CodingKeys: String, CodingKey {
        case type, info, needsPreparation, needsCleaning
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        attachment = Attachment(
            try container.decode(AttachHandleType.self, forKey: .type),
            try container.decode([String: String].self, forKey: .info))
        needsPreparation = try container.decodeIfPresent(Bool.self, forKey: .needsPreparation) ?? false
        needsCleaning = try container.decodeIfPresent(Bool.self, forKey: .needsCleaning) ?? false
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(type, forKey: .type)
        try container.encode(info, forKey: .info)
        try container.encode(needsPreparation, forKey: .needsPreparation)
        try container.encode(needsCleaning, forKey: .needsCleaning)
    }
}
