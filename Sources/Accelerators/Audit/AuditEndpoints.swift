import API
import Conventions
import HTTPTypes
import Model
import Store

/// `/v2/events`, from 2.4: who did what, to which device, for whom. Oldest first.
struct AuditEndpoints: Sendable {
    let store: any StateStore

    private static let action = QueryParameter<AuditEvent.Action>("action", "Only events of this action")
    private static let request = QueryParameter<AcceleratorRequestID>("arq_uuid", "Only events of this request")
    private static let instance = QueryParameter<InstanceID>("instance_uuid", "Only events of this instance")
    private static let device = QueryParameter<DeviceID>("device_uuid", "Only events of this device")
    private static let host = QueryParameter<HostName>("hostname", "Only events of this host")
    private static let project = QueryParameter<ProjectID>("project_id", "Only events of this project's requests")

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/v2/events", "List changes of state and who made them", since: Page.version,
                query: QueryRules(
                    [
                        Self.action.description, Self.request.description, Self.instance.description,
                        Self.device.description, Self.host.description, Self.project.description,
                    ] + Page.parameters),
                access: .rule("cyborg:event:get_all"), answers: .json(AuditEventListView.self)
            ) { call in try await list(call) }
        ]
    }

    private func list(_ call: Call) async throws -> Reply {
        // A policy of an operator's own may let others in than administrators.
        var conditions = TenantScope(call.caller).condition("owner")
        if let action = try call[Self.action] { conditions += " AND action = \(action.rawValue)" }
        if let request = try call[Self.request] { conditions += " AND request = \(request)" }
        if let instance = try call[Self.instance] { conditions += " AND instance = \(instance)" }
        if let device = try call[Self.device] { conditions += " AND device = \(device)" }
        if let host = try call[Self.host] { conditions += " AND host = \(host)" }
        if let project = try call[Self.project] { conditions += " AND owner = \(project)" }
        let page = try Page(call)
        let found = try await store.read { [conditions] transaction in
            let after = try page.after(
                "at, id", at: { "SELECT at, id FROM accelerator_events WHERE id = \($0)" }, in: transaction)
            return try transaction.all(
                """
                SELECT \(AuditEventView.columns) FROM accelerator_events WHERE \(conditions) AND \(after)
                ORDER BY at, id\(page.limit)
                """
            ) { row in try AuditEventView(row) }
        }
        let (shown, links) = page.cut(found, "events", call) { $0.id }
        return try .json(AuditEventListView(events: shown, pages: links))
    }
}
