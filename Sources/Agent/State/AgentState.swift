import Model

/// What an agent must not forget over a restart, beside its journal of work. Everything else it finds out again.
struct AgentState: Sendable, Equatable {
    /// What each driver found last: a driver that fails keeps its devices.
    var devices: [String: [DeviceReport]] = [:]
    /// Providers this agent made or took over, with what it did to them.
    var providers: [ResourceProviderID: ProviderRecord] = [:]

    /// Devices that are withdrawn for their health.
    var sick: [SickDevice] = []

    struct SickDevice: Sendable, Codable, Equatable {
        var driver: String
        var controlPath: String
        var reason: String
        var providers: [ResourceProviderID]
    }

    /// What this agent did to one provider, so that what an administrator did can be told from it.
    struct ProviderRecord: Sendable, Codable, Equatable {
        /// Traits this agent set, or was about to.
        var traits: Set<String> = []
        /// While the capacity is withheld: the administrator's own reservation by resource class, to be restored.
        var reservedBefore: [String: Int] = [:]
    }
}

extension AgentState: Codable {
    private enum Key: String, CodingKey {
        case devices
        case providers
        case sick
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        devices = try container.decodeIfPresent([String: [DeviceReport]].self, forKey: .devices) ?? [:]
        sick = try container.decodeIfPresent([SickDevice].self, forKey: .sick) ?? []
        let records = try container.decodeIfPresent([String: ProviderRecord].self, forKey: .providers) ?? [:]
        for (text, record) in records {
            guard let id = ResourceProviderID(text) else { continue }
            providers[id] = record
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(devices, forKey: .devices)
        let records = Dictionary(providers.map { ($0.key.description, $0.value) }) { first, _ in first }
        try container.encode(records, forKey: .providers)
        try container.encode(sick, forKey: .sick)
    }
}
