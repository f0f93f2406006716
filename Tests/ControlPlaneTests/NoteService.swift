import API
import Access
import HTTPTypes
import Services
import Settings
import Store

/// The smallest service: one table, one rule, one key and one endpoint. It is written as the next service will be.
enum NoteService {
    struct Section: Sendable {
        let greeting: String
    }

    struct Count: Codable, Equatable, Sendable {
        let greeting: String
        let notes: Int64
    }

    static let name = ServiceName("notes")

    static let room = ServiceRoom(
        settings: ServiceSettings(name, title: "the note service") { reader in
            Section(greeting: reader.text("notes.greeting", "The greeting in each response.", default: "hello"))
        },
        migrations: [
            Migration(
                room: "notes", number: 1, title: "notes",
                statements: ["CREATE TABLE notes (id TEXT NOT NULL PRIMARY KEY)"])
        ],
        policy: PolicyTable(
            [PolicyRule("notes:count", "role:reader", "Count notes", operations: [PolicyRule.Operation("GET /count")])],
            wording: PolicyAuthorizer.Wording { rule in "Notes are not for you: \(rule)." }),
        catalog: CatalogPlace(type: "notes", name: "scribe", path: "/notes"),
        limits: [RegisteredLimit("notes", 5)],
        open: { surroundings in hosted(in: surroundings) })

    private static func hosted(in surroundings: ServiceSurroundings) -> HostedService {
        let section: Section = surroundings.settings.section(of: name)
        let store = surroundings.store
        let count = Endpoint(
            .get, "/count", "Count notes", access: .rule("notes:count"), answers: .json(Count.self)
        ) { _ in
            let notes: Int64 = try await store.read { transaction in
                try transaction.first("SELECT COUNT(*) FROM notes") { row in try row[0] } ?? 0
            }
            return try Reply.json(Count(greeting: section.greeting, notes: notes))
        }
        return HostedService(
            apis: { authenticator, authorizer in
                [
                    API.Service(
                        name: "notes", title: "Notes", prefix: "/notes", family: AgentFamily(), endpoints: [count],
                        authenticator: authenticator, authorizer: authorizer)
                ]
            },
            prepare: {
                _ = try await store.write { transaction in
                    try transaction.execute("INSERT INTO notes (id) VALUES ('first') ON CONFLICT (id) DO NOTHING")
                }
            })
    }
}
