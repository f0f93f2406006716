import API
import Conventions
import Model
import Store

/// An event on the wire, from 2.4.
struct AuditEventView: Codable, Sendable {
    let id: String
    let at: String
    let action: String
    let actor: ActorView
    @OrNull var owner: String?
    @OrNull var request: String?
    @OrNull var instance: String?
    @OrNull var handle: String?
    @OrNull var device: String?
    @OrNull var host: String?
    @OrNull var detail: String?

    enum CodingKeys: String, CodingKey {
        case id, at, action, actor, detail
        case owner = "project_id"
        case request = "arq_uuid"
        case instance = "instance_uuid"
        case handle = "attach_handle_uuid"
        case device = "device_uuid"
        case host = "hostname"
    }

    static let columns: SQL = """
        id, at, action, actor_user, actor_project, actor_service, call, owner, request, instance, handle, device, host,
        detail
        """

    init(_ row: borrowing Row) throws {
        id = try row[0]
        at = (try row[1] as Timestamp).isoOffset
        action = try row[2]
        actor = ActorView(user: try row[3], project: try row[4], service: try row[5], call: try row[6])
        owner = try row[7]
        request = try row[8]
        instance = try row[9]
        handle = try row[10]
        device = try row[11]
        host = try row[12]
        detail = try row[13]
    }
}

struct AuditEventListView: Codable, Sendable {
    let events: [AuditEventView]
    let pages: [WebLink]?

    enum CodingKeys: String, CodingKey {
        case events
        case pages = "events_links"
    }
}

extension AuditEvent.Action: ParameterValue {
    static var schema: Schema { .oneOfTexts(allCases.map(\.rawValue)) }
    static var form: String { "one of \(allCases.map(\.rawValue).joined(separator: ", "))" }

    init?(parameter text: String) { self.init(rawValue: text) }
}
