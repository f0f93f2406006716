import Drivers
import Link
import Model

/// What an agent must not forget over a restart, beside its journal of work. Everything else it finds out again.
struct AgentState: Sendable, Equatable {
    /// What each driver found last: a driver that fails keeps its devices.
    var devices: [String: [DeviceReport]] = [:]
    /// Providers this agent made or took over, with what it did to them.
    var providers: [ResourceProviderID: ProviderRecord] = [:]

    /// How the host's providers are laid out.
    var layout = LayoutRecord()
    /// Groups of devices that were whole.
    var groups: [String: GroupWatch.Record] = [:]
    /// Handles that are prepared, to be prepared again when the host was started anew.
    var prepared: [String: PreparedHandle] = [:]
    /// Those of them that the host lost and that are not there again yet.
    var due: Set<String> = []
    /// The kernel's name for the host's present run.
    var bootID: String?
    /// Names of groups, by what is in them.
    var groupNames = GroupNames()

    /// The groups as Placement holds them; nil where there are none, or where it is not known.
    var groupsHeld: [DeviceReport]?
    /// The groups that a change of them which has not ended goes to.
    var groupsGoal: [DeviceReport]?

    /// Devices that are withdrawn for their health.
    var sick: [SickDevice] = []

    /// The furthest end of this host's sanitisation certificates that was ever told: what shows that the control plane's database
    /// was set back.
    var certificates: CertificateChainHead?

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
        case layout
        case groups
        case prepared
        case due
        case bootID
        case groupNames
        case groupsHeld
        case groupsGoal
        case certificates
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        devices = try container.decodeIfPresent([String: [DeviceReport]].self, forKey: .devices) ?? [:]
        layout = try container.decodeIfPresent(LayoutRecord.self, forKey: .layout) ?? LayoutRecord()
        groupNames = try container.decodeIfPresent(GroupNames.self, forKey: .groupNames) ?? GroupNames()
        groupsHeld = try container.decodeIfPresent([DeviceReport].self, forKey: .groupsHeld)
        groupsGoal = try container.decodeIfPresent([DeviceReport].self, forKey: .groupsGoal)
        groups = try container.decodeIfPresent([String: GroupWatch.Record].self, forKey: .groups) ?? [:]
        prepared = try container.decodeIfPresent([String: PreparedHandle].self, forKey: .prepared) ?? [:]
        due = try container.decodeIfPresent(Set<String>.self, forKey: .due) ?? []
        bootID = try container.decodeIfPresent(String.self, forKey: .bootID)
        sick = try container.decodeIfPresent([SickDevice].self, forKey: .sick) ?? []
        certificates = try container.decodeIfPresent(CertificateChainHead.self, forKey: .certificates)
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
        try container.encode(groups, forKey: .groups)
        try container.encode(prepared, forKey: .prepared)
        if !due.isEmpty { try container.encode(due.sorted(), forKey: .due) }
        try container.encodeIfPresent(bootID, forKey: .bootID)
        try container.encode(layout, forKey: .layout)
        try container.encode(groupNames, forKey: .groupNames)
        try container.encodeIfPresent(groupsHeld, forKey: .groupsHeld)
        try container.encodeIfPresent(groupsGoal, forKey: .groupsGoal)
        try container.encodeIfPresent(certificates, forKey: .certificates)
    }
}
