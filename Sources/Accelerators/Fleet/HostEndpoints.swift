import API
import Conventions
import HTTPTypes
import Model
import Store

/// `/v2/hosts` and `/v2/drivers`, from 2.4.
struct HostEndpoints: Sendable {
    let store: any StateStore
    let fleet: AcceleratorFleet
    let time: TimeSource

    private static let host = PathParameter<HostName>("host", "The host's name", malformed: .notFound)

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/v2/hosts", "List hosts and the state of their agents", since: Page.version,
                query: QueryRules(Page.parameters), access: .rule("cyborg:host:get_all"),
                answers: .json(HostListView.self)
            ) { call in try await list(call) },
            Endpoint(
                .get, "/v2/hosts/\(Self.host)", "Show a host", since: Page.version,
                access: .rule("cyborg:host:get_one"), answers: .json(HostView.self), faults: [.notFound]
            ) { call in try await show(call) },
            Endpoint(
                .post, "/v2/hosts/\(Self.host)/enable", "Let new work be placed on a host", since: Page.version,
                access: .rule("cyborg:host:enable"), answers: .empty(), faults: [.notFound]
            ) { call in try await set(.enabled, reason: nil, call) },
            Endpoint(
                .post, "/v2/hosts/\(Self.host)/disable", "Keep new work off a host", since: Page.version,
                body: HostDisablingBody.self, access: .rule("cyborg:host:disable"), answers: .empty(),
                faults: [.notFound]
            ) { call, body in try await set(.disabled, reason: body.reason, call) },
            Endpoint(
                .get, "/v2/drivers", "List drivers, their support levels and failures", since: Page.version,
                access: .rule("cyborg:driver:get_all"), answers: .json(DriverListView.self)
            ) { call in try await drivers(call) },
        ]
    }

    private func list(_ call: Call) async throws -> Reply {
        let page = try Page(call)
        let found = try await store.read { transaction in
            let marker = page.marker.map { HostName($0) }
            if let marker, try !FleetHost.isKnown(marker, in: transaction) {
                throw Fault.badRequest(
                    "'\(marker.text.shown)' is not a host, which 'marker' must be.", field: "marker")
            }
            return try FleetHost.all(after: marker, limit: page.size.map { $0 + 1 }, in: transaction)
        }
        let (shown, links) = page.cut(found, "hosts", call) { $0.name.text }
        return try .json(
            HostListView(shown.map { HostView($0, call) }, pages: links, isFirst: page.marker == nil, call))
    }

    private func show(_ call: Call) async throws -> Reply {
        let name = try call[Self.host]
        guard let host = try await store.read({ try FleetHost.find(name, in: $0) }) else { throw Self.unknown(name) }
        return try .json(HostView(host, call))
    }

    private func set(_ status: FleetHost.Status, reason: String?, _ call: Call) async throws -> Reply {
        let name = try call[Self.host]
        let now = time.now()
        let actor = Actor(call)
        try await store.write { [fleet] transaction in
            guard try FleetHost.find(name, in: transaction) != nil else { throw Self.unknown(name) }
            try fleet.set(status, of: name, reason: reason, by: actor, at: now, in: transaction)
        }
        return .empty()
    }

    private func drivers(_ call: Call) async throws -> Reply {
        let hosts = try await store.read { try FleetHost.all(in: $0) }
        return try .json(DriverListView(hosts))
    }

    private static func unknown(_ host: HostName) -> Fault { .notFound("There is no host '\(host.text.shown)'.") }
}
