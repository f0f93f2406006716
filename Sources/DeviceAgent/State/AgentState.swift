import Drivers
import Link
import Model

/// What an agent must remember across a restart, besides its journal of work. It finds out everything else again.
struct AgentState: Sendable, Equatable {
    /// Each driver's last result, because a failing driver keeps its devices.
    var devices: [String: [DeviceReport]] = [:]
    /// Providers that this agent created or took over, with its changes to them.
    var providers: [ResourceProviderID: ProviderRecord] = [:]

    /// The layout of the host's providers.
    var layout = LayoutRecord()
    /// Groups of devices that were complete.
    var groups: [String: GroupWatch.Record] = [:]
    /// Prepared handles, which are prepared again after a restart of the host.
    var prepared: [String: PreparedHandle] = [:]
    /// Those of them that the host lost and that are not prepared again yet.
    var due: Set<String> = []
    /// The kernel's id of the host's present boot.
    var bootID: String?
    /// Names of groups, by their content.
    var groupNames = GroupNames()

    /// The groups as Placement has them; nil if there are none, or if that is unknown.
    var groupsHeld: [DeviceReport]?
    /// The target of a change of groups that is in progress.
    var groupsGoal: [DeviceReport]?

    /// The ids of logic that this agent loaded onto devices which do not say what they have; `LoadedLogic` makes the keys.
    var loaded: [String: String] = [:]

    /// Devices that are withdrawn because of their health.
    var sick: [SickDevice] = []

    /// The furthest known end of this host's sanitisation certificates, which shows whether the control plane's
    /// database was set back.
    var certificates: CertificateChainHead?

    struct SickDevice: Sendable, Codable, Equatable {
        var driver: String
        var controlPath: String
        var reason: String
        var providers: [ResourceProviderID]
    }

    /// This agent's changes to one provider, to distinguish them from an administrator's.
    struct ProviderRecord: Sendable, Codable, Equatable {
        /// Traits that this agent set, or was about to set.
        var traits: Set<String> = []
        /// While the capacity is withheld: the administrator's own reservation by resource class, which will be
        /// restored.
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
        case loaded
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
        loaded = try container.decodeIfPresent([String: String].self, forKey: .loaded) ?? [:]
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
        if !loaded.isEmpty { try container.encode(loaded, forKey: .loaded) }
    }
}
