import API
import FoundationEssentials
import Logging
import Model
import Testing

@testable import Access

@Suite("Policy files")
struct PolicyFilesTests {
    private let folder: TemporaryFolder
    private let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    private let reader = Caller(user: "r", scope: .project("p", domain: nil), roles: ["reader"])

    init() throws {
        folder = try TemporaryFolder()
    }

    private func write(_ text: String, _ name: String) throws { try Data(text.utf8).write(to: folder.url(name)) }

    @Test("a folder's files are read in order, changes come into force, a bad change does not")
    func refresh() async throws {
        try write("\"x:list\": \"!\"", "10-first.yaml")
        try write("{\"x:list\": \"role:reader\"}", "20-second.json")
        try write("not a policy", "README")
        let files = PolicyFiles([folder.path])
        let engine = try PolicyEngine(rules: [PolicyRule("x:list", "!")], documents: try await files.read())
        func admits() -> Bool { engine.decide(reader, rule: "x:list", target: [:]) == .admitted }
        #expect(admits())
        #expect(await !files.refresh(engine, logger))
        try write("\"x:list\": \"role:admin\"", "30-third.yaml")
        #expect(await files.refresh(engine, logger))
        #expect(!admits())
        try write("\"x:list\": \"role:reader and\"", "30-third.yaml")
        #expect(await !files.refresh(engine, logger))
        #expect(!admits())
        try FileManager.default.removeItem(at: folder.url("30-third.yaml"))
        #expect(await files.refresh(engine, logger))
        #expect(admits())
    }

    @Test("a file that is not there is refused at start")
    func missing() async throws {
        await #expect(throws: PolicyError.self) { try await PolicyFiles([folder.path + "/none.yaml"]).read() }
        #expect(try await PolicyFiles([]).read().isEmpty)
    }

    @Test("what a decision costs, for the record")
    func cost() throws {
        let engine = try PolicyEngine(rules: [
            PolicyRule("admin_required", "role:admin or is_admin:1"),
            PolicyRule(
                "identity:get_user",
                "(rule:admin_required) or (role:reader and system_scope:all) or "
                    + "(role:reader and token.domain.id:%(target.user.domain_id)s) or user_id:%(target.user.id)s"),
        ])
        let rounds = 2000
        let target = ["target.user.id": "x", "target.user.domain_id": "d"]
        let spent = ContinuousClock().measure {
            for _ in 0..<rounds { _ = engine.decide(reader, rule: "identity:get_user", target: .init(target)) }
        }
        print("policy decision: \(spent / rounds) (this build)")
    }
}
