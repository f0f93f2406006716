import API
import Conventions
import Fleet
import Link
import Model

/// A host on the wire, from 2.4: whether its agent is alive, what an operator wants of it, how its drivers are.
struct HostView: Codable, Sendable {
    let host: String
    /// `enabled`, or `disabled`: nothing new is placed on it.
    let status: String
    @OrNull var disabledReason: String?
    /// `up`, `down`, or `unknown` before the first proof of life.
    let state: String
    @OrNull var stateSince: String?
    @OrNull var lastSeenAt: String?
    @OrNull var reportedAt: String?
    @OrNull var agentVersion: String?
    let devices: Int
    let drivers: [DriverView]
    let conditions: [ConditionView]
    let links: [WebLink]

    enum CodingKeys: String, CodingKey {
        case host, status, state, devices, drivers, conditions, links
        case disabledReason = "disabled_reason"
        case stateSince = "state_since"
        case lastSeenAt = "last_seen_at"
        case reportedAt = "reported_at"
        case agentVersion = "agent_version"
    }

    /// How one driver of the host is.
    struct DriverView: Codable, Sendable {
        let name: String
        let supportLevel: String
        @OrNull var failure: String?

        enum CodingKeys: String, CodingKey {
            case name, failure
            case supportLevel = "support_level"
        }

        init(_ driver: DriverReport) {
            name = driver.name
            supportLevel = driver.supportLevel
            failure = driver.failure
        }
    }

    /// Something that an operator should know of the host, as long as it stands.
    struct ConditionView: Codable, Sendable {
        let kind: String
        let subject: String
        let reason: String
    }

    init(_ host: FleetHost, _ call: Call) {
        self.host = host.name.text
        status = host.status.rawValue
        disabledReason = host.disabledReason
        state = (host.agent?.state ?? .unknown).rawValue
        stateSince = host.agent?.stateSince.isoOffset
        lastSeenAt = host.agent?.heardAt?.isoOffset
        reportedAt = (host.agent?.reportedAt ?? host.reported)?.isoOffset
        agentVersion = host.agent.flatMap { $0.agentVersion.isEmpty ? nil : $0.agentVersion }
        devices = host.devices
        drivers = host.drivers.map(DriverView.init)
        let hints = call.version >= Accountability.version ? host.hints : []
        conditions = (host.conditions + hints).map { condition in
            ConditionView(kind: condition.kind, subject: condition.subject, reason: condition.reason)
        }
        links = [WebLink(call, "hosts", "\(host.name)")]
    }
}

struct HostListView: Codable, Sendable {
    let hosts: [HostView]
    /// From 2.5, where there are no hosts: how one comes.
    let hint: String?
    let pages: [WebLink]?

    init(_ hosts: [HostView], pages: [WebLink]?, isFirst: Bool, _ call: Call) {
        self.hosts = hosts
        self.pages = pages
        hint = hosts.isEmpty && isFirst && call.version >= Accountability.version ? Self.howOneComes : nil
    }

    private static let howOneComes =
        "No host is known. 'kilonova enrolment-token HOST' makes a token with which the agent of a host enrols; the host shows here "
        + "once its agent has reported."

    enum CodingKeys: String, CodingKey {
        case hosts, hint
        case pages = "hosts_links"
    }
}

/// Why nothing new is to be placed on a host.
struct HostDisablingBody: Codable, Sendable, SchemaProviding {
    let reason: String

    static let schema = Schema.object(
        ObjectSchema([.init("reason", .text(minLength: 1, maxLength: 1000, pattern: nil, format: nil))]))
}
