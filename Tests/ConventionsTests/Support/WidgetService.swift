import API
import Access
import Conventions
import FoundationEssentials
import HTTPTypes
import Logging
import Model
import Store
import TestJSON
import TestStore
import Testing

/// A service as the next one will be: it makes widgets, lists them by pages, and knows the conventions from its version 2.5 on.
struct WidgetService: Sendable {
    struct Answer: Sendable {
        let status: Int
        let headers: HTTPFields
        let bytes: [UInt8]

        var json: JSON { (try? JSONDecoder().decode(JSON.self, from: Data(bytes))) ?? .null }
        var isReplayed: Bool { HTTPField.Name("Idempotent-Replayed").map { headers.contains($0) } ?? false }
    }

    struct Widget: Codable, Sendable {
        let id: String
        let name: String
        let count: Int?
    }

    private struct Body: Decodable, Sendable {
        let name: String
        let count: Int?
    }

    private struct Anyone: Authorizer {
        func authorize(_ caller: Caller, rule: String, target: PolicyTarget) throws(Fault) {}
    }

    private static let migration = Migration(
        room: "widgets", number: 1, title: "widgets",
        statements: ["CREATE TABLE widgets (id TEXT PRIMARY KEY, project TEXT NOT NULL, name TEXT NOT NULL)"])
    private static let version = APIVersion(2, 5, "The conventions.")
    private static let pages = Page.Rules(since: version, prefix: "/widgets")

    let store: any StateStore
    let clock = StandingClock()
    let creations: Creations
    private let dispatcher: Dispatcher

    init() async throws {
        let store = try await TestStore.open(CreationMigrations.all + [Self.migration])
        self.store = store
        let creations = Creations(of: "widgets", store: store, time: clock.source, since: Self.version)
        self.creations = creations
        let endpoints =
            creations.endpoints(
                "/widgets", "Make a widget", body: Body.self, access: .authenticated,
                answer: .json(Widget.self, status: 201).sending(.location), faults: [.conflict]
            ) { call, body, creation in
                if body.name == "wrong" { throw Fault.badRequest("'wrong' is no name.", field: "name") }
                let widget = Widget(id: "\(IDSource.random.next(DeviceKind.self))", name: body.name, count: body.count)
                return try await creation.write { transaction in
                    let isTaken = try transaction.exists("SELECT 1 FROM widgets WHERE name = \(body.name)")
                    if isTaken { throw Fault.conflict("There is a widget '\(body.name)'.") }
                    try transaction.execute(
                        """
                        INSERT INTO widgets (id, project, name)
                        VALUES (\(widget.id), \(call.caller.project?.text ?? ""), \(widget.name))
                        """)
                    var headers: HTTPFields = [:]
                    headers[.location] = "/widgets/\(widget.id)"
                    return try .json(widget, status: 201, headers: headers)
                }
            } + [Self.list(store)]
        dispatcher = Dispatcher(
            [
                Service(
                    name: "widgets", title: "Widgets", prefix: "/widgets", family: AcceleratorFamily(),
                    endpoints: endpoints, authenticator: Noauth2Authenticator(), authorizer: Anyone())
            ], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            answers: AnswerCheck { Issue.record("\($0)") })
    }

    private static func list(_ store: any StateStore) -> Endpoint {
        Endpoint(
            .get, "/widgets", "List widgets", query: QueryRules(pages.parameters), access: .authenticated,
            answers: .json(WidgetList.self)
        ) { call in
            let page = try Page(call, pages)
            let scope = TenantScope(call.caller).condition("project")
            let found = try await store.read { transaction in
                let after = try page.after(
                    "name", at: { "SELECT name FROM widgets WHERE name = \($0) AND \(scope)" }, in: transaction)
                return try transaction.all(
                    "SELECT id, name FROM widgets WHERE \(scope) AND \(after) ORDER BY name\(page.limit)"
                ) { row in Widget(id: try row[0], name: try row[1], count: nil) }
            }
            let (shown, links) = page.cut(found, "widgets", call) { $0.name }
            return .list("widgets", shown, pages: links) { WrittenWidget(widget: $0) }
        }
    }

    func call(
        _ method: HTTPRequest.Method, _ path: String, _ body: String = "", key: String? = nil,
        as token: String = "ann:red",
        version: String = "2.5"
    ) async throws -> Answer {
        var headers: HTTPFields = [:]
        for (name, value) in [
            ("X-Auth-Token", token), ("OpenStack-API-Version", "accelerator \(version)"), ("Idempotency-Key", key),
            ("Content-Type", body.isEmpty ? nil : "application/json"),
        ] {
            if let value, let name = HTTPField.Name(name) { headers[name] = value }
        }
        let response = await dispatcher.respond(
            to: APIRequest(method, "/widgets\(path)", headers: headers, body: Array(body.utf8)))
        return Answer(status: response.status, headers: response.headers, bytes: try await response.bytes())
    }

    func make(
        _ name: String, key: String? = nil, query: String = "", as token: String = "ann:red", version: String = "2.5"
    ) async throws -> Answer {
        try await call(
            .post, "/widgets\(query)", #"{"name": "\#(name)"}"#, key: key, as: token, version: version)
    }

    func count(_ table: SQL = "widgets") async throws -> Int {
        try await store.read { transaction in
            try transaction.first("SELECT COUNT(*) FROM \(table)") { row in try row[0] } ?? -1
        }
    }
}

private struct WidgetList: Codable {
    let widgets: [WidgetService.Widget]
    let pages: [WebLink]?

    enum CodingKeys: String, CodingKey {
        case widgets
        case pages = "widgets_links"
    }
}

private struct WrittenWidget: WrittenView {
    let widget: WidgetService.Widget

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("id", widget.id)
            json.member("name", widget.name)
        }
    }
}
