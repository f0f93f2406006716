import API
import Conventions
import HTTPTypes
import Model
import Store

/// `/v2/attach_handles`, from 2.4: what is withheld and why, and what an operator does about it.
struct AttachHandleEndpoints: Sendable {
    let store: any StateStore
    let desk: HandleDesk
    let time: TimeSource

    private static let uuid = PathParameter<AttachHandleID>("uuid", "The attach handle's id")
    private static let state = QueryParameter<HandleLifecycle.State>("state", "Only handles in this state")
    private static let hostname = QueryParameter<String>("hostname", "Only handles of this host")
    private static let deployable = QueryParameter<DeployableID>("deployable_uuid", "Only handles of this deployable")

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/v2/attach_handles", "List attach handles", since: Page.version,
                query: QueryRules(
                    [Self.state.description, Self.hostname.description, Self.deployable.description]
                        + Page.parameters),
                access: .rule("cyborg:attach_handle:get_all"), answers: .json(AttachHandleListView.self)
            ) { call in try await list(call) },
            Endpoint(
                .get, "/v2/attach_handles/\(Self.uuid)", "Show an attach handle", since: Page.version,
                access: .rule("cyborg:attach_handle:get_one"),
                answers: .json(AttachHandleView.self).sending(.entityTag),
                faults: [.notFound]
            ) { call in try await show(call) },
            Endpoint(
                .post, "/v2/attach_handles/\(Self.uuid)/retry", "Have a quarantined handle cleaned again",
                since: Page.version, access: .rule("cyborg:attach_handle:retry"), answers: .empty(202),
                faults: [.notFound, .conflict, .preconditionFailed]
            ) { call in try await decide(.retry, call, status: 202) }.heeding(.ifMatch),
            Endpoint(
                .post, "/v2/attach_handles/\(Self.uuid)/release",
                "Make a quarantined handle available again without cleaning it",
                since: Page.version, access: .rule("cyborg:attach_handle:release"), answers: .empty(),
                faults: [.notFound, .conflict, .preconditionFailed]
            ) { call in try await decide(.free, call, status: 204) }.heeding(.ifMatch),
        ]
    }

    private func list(_ call: Call) async throws -> Reply {
        var conditions: SQL = "1 = 1"
        if let state = try call[Self.state] { conditions += " AND h.state = \(state.rawValue)" }
        if let hostname = try call.filter(Self.hostname) { conditions += " AND d.host = \(hostname)" }
        if let deployable = try call[Self.deployable] { conditions += " AND h.deployable = \(deployable)" }
        let page = try Page(call)
        let source = AttachHandleRow.source(TenantScope(call.caller))
        let found = try await store.read { [conditions] transaction in
            let after = try page.after(
                "h.created_at, h.uuid", at: { "SELECT created_at, uuid FROM attach_handles WHERE uuid = \($0)" },
                in: transaction)
            return try transaction.all(
                """
                SELECT \(AttachHandleRow.columns) FROM \(source) WHERE \(conditions) AND \(after)
                ORDER BY h.created_at, h.uuid\(page.limit)
                """
            ) { row in try AttachHandleRow(row) }
        }
        let (shown, links) = page.cut(found, "attach_handles", call) { "\($0.handle.id)" }
        return .list("attach_handles", shown, pages: links) { row in AttachHandleView(row, call) }
    }

    private func show(_ call: Call) async throws -> Reply {
        let id = try call[Self.uuid]
        let source = AttachHandleRow.source(TenantScope(call.caller))
        let found = try await store.read { transaction in
            try transaction.first(
                "SELECT \(AttachHandleRow.columns) FROM \(source) WHERE h.uuid = \(id)"
            ) { row in try AttachHandleRow(row) }
        }
        guard let found else { throw Self.unknown(id) }
        return try .json(AttachHandleView(found, call), headers: EntityTags.header(found.handle.generation))
    }

    private func decide(_ event: HandleLifecycle.Event, _ call: Call, status: Int) async throws -> Reply {
        let id = try call[Self.uuid]
        let now = time.now()
        let actor = Actor(call)
        let expected = try EntityTags(.ifMatch, of: call)
        try await store.write { [desk] transaction in
            guard let handle = try desk.read([id], in: transaction).first else { throw Self.unknown(id) }
            try expected?.check(handle.generation, of: "The attach handle \(id)")
            guard handle.lifecycle.state == .error else {
                throw Fault.conflict(
                    "The attach handle \(id) is \(handle.lifecycle.state.rawValue); only one in 'error' waits for an "
                        + "operator.")
            }
            try desk.apply(event, to: handle, by: actor, at: now, in: transaction)
        }
        return .empty(status)
    }

    private static func unknown(_ id: AttachHandleID) -> Fault { .notFound("There is no attach handle \(id).") }
}
