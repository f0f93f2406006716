import API
import Clients
import Conventions
import HTTPTypes
import Model
import Store

/// `DELETE /v2/hosts/{host}`, from 2.5: a host that left, or is to leave, with all that is on record of it here and in Placement.
///
/// Nothing is taken from anyone: as long as its agent is up, somebody holds something of it or something of it is not clean, the answer
/// is 409 and lists that. What goes first is Placement's part, so that nothing is scheduled to what is no longer there; cut off
/// anywhere it is done again by the same call.
struct HostDecommissioning: Sendable {
    let store: any StateStore
    let fleet: AcceleratorFleet
    /// Nil where there is none to clear.
    let placement: (any PlacementClient)?
    let time: TimeSource

    private static let host = PathParameter<HostName>("host", "The host's name", malformed: .notFound)
    private static let dryRun = QueryParameter<Bool>(
        "dry_run", "Only report what would be removed, and what prevents it")

    var endpoint: Endpoint {
        Endpoint(
            .delete, "/v2/hosts/\(Self.host)", "Remove a host that has left", since: Accountability.version,
            query: QueryRules([Self.dryRun.description]), access: .rule("cyborg:host:delete"),
            answers: .json(HostRemovalView.self), faults: [.notFound, .conflict]
        ) { call in try await remove(call) }
    }

    private func remove(_ call: Call) async throws -> Reply {
        let name = try call[Self.host]
        let isDryRun = try call[Self.dryRun] ?? false
        guard var removal = try await store.read({ try HostRemoval(name, in: $0) }) else { throw Self.unknown(name) }
        if let placement, !removal.providers.isEmpty {
            removal.add(consumers: try await placement.holdings(on: removal.providers).map(\.consumer).sorted())
        }
        if isDryRun { return try .json(HostRemovalView(removal, isDone: false)) }
        try Self.check(removal)
        if let placement {
            for provider in removal.providers { try await placement.deleteProvider(provider) }
        }
        let now = time.now()
        let actor = Actor(call)
        let done = try await store.write { [fleet] transaction in
            // Its agent may have come back meanwhile, or another call removed it.
            guard let last = try HostRemoval(name, in: transaction) else { throw Self.unknown(name) }
            try Self.check(last)
            try last.apply(in: transaction)
            let detail = "\(last.devices) devices, \(last.handles) attach handles"
            try fleet.trail.note(
                AuditEvent(action: .hostRemoved, actor: actor, host: name, detail: detail), at: now, in: transaction)
            return last
        }
        return try .json(HostRemovalView(done, isDone: true))
    }

    private static func check(_ removal: HostRemoval) throws(Fault) {
        guard !removal.obstacles.isEmpty else { return }
        throw .conflict(
            "The host '\(removal.host.text.shown)' cannot be removed. \(removal.obstacles.joined(separator: " "))")
    }

    private static func unknown(_ host: HostName) -> Fault { .notFound("There is no host '\(host.text.shown)'.") }
}

/// What was removed with a host, or would be.
struct HostRemovalView: Codable, Sendable {
    let host: String
    /// False for a dry run.
    let removed: Bool
    let devices: Int
    let deployables: Int
    let handles: Int
    let providers: [String]
    /// Why it cannot be removed yet.
    let obstacles: [String]

    enum CodingKeys: String, CodingKey {
        case host, removed, devices, deployables, obstacles
        case handles = "attach_handles"
        case providers = "resource_providers"
    }

    init(_ removal: HostRemoval, isDone: Bool) {
        host = removal.host.text
        removed = isDone
        devices = removal.devices
        deployables = removal.deployables
        handles = removal.handles
        providers = removal.providers.map(\.description)
        obstacles = removal.obstacles
    }
}
