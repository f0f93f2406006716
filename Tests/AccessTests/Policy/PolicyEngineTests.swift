import API
import Model
import Testing

@testable import Access

@Suite("The policy engine")
struct PolicyEngineTests {
    private let rules = [
        PolicyRule("admin_api", "role:admin"),
        PolicyRule("reader_api", "role:reader and project_id:%(project_id)s"),
        PolicyRule("x:list", "rule:reader_api or rule:admin_api", scopes: [.project], "List"),
        PolicyRule("x:delete", "rule:admin_api", scopes: [.project, .system], deprecatedNames: ["x:remove"]),
        PolicyRule("x:show", "rule:admin_api", legacyCheck: "@"),
    ]
    private let admin = Caller(user: "a", scope: .project("p", domain: nil), roles: ["admin"])
    private let reader = Caller(user: "r", scope: .project("p", domain: nil), roles: ["reader"])

    private func engine(_ texts: String..., legacy: Bool = false) throws -> PolicyEngine {
        try PolicyEngine(
            rules: rules,
            documents: texts.enumerated().map { try PolicyDocument($0.element, name: "policy\($0.offset).yaml") },
            heedsLegacyDefaults: legacy)
    }

    @Test("decides by defaults, scopes first")
    func defaults() throws {
        let engine = try engine()
        #expect(engine.decide(reader, rule: "x:list", target: ["project_id": "p"]) == .admitted)
        #expect(engine.decide(reader, rule: "x:list", target: ["project_id": "q"]) == .refused)
        #expect(engine.decide(reader, rule: "x:list", target: [:]) == .refused)
        #expect(engine.decide(reader, rule: "x:delete", target: .own(reader)) == .refused)
        #expect(engine.decide(admin, rule: "x:nothing", target: [:]) == .unknownRule)
        let system = Caller(user: "s", scope: .system, roles: ["admin"])
        #expect(engine.decide(system, rule: "x:list", target: [:]) == .wrongScope([.project]))
        #expect(engine.decide(system, rule: "x:delete", target: [:]) == .admitted)
        #expect(engine.decide(.anonymous, rule: "x:show", target: [:]) == .refused)
    }

    @Test("files override by name, the last one wins, rules of their own may be referred to")
    func overrides() throws {
        let engine = try engine(
            "\"x:list\": \"!\"\n\"x:delete\": rule:friends", "{\"x:list\": \"@\", \"friends\": [[\"role:reader\"]]}")
        #expect(engine.decide(reader, rule: "x:list", target: [:]) == .admitted)
        #expect(engine.decide(reader, rule: "x:delete", target: [:]) == .admitted)
        #expect(engine.decide(admin, rule: "x:delete", target: [:]) == .refused)
    }

    @Test("a role is asked for without regard to case, the list of roles letter by letter, as in oslo.policy")
    func spelling() throws {
        let engine = try engine(
            "\"x:list\": \"role:OPERATOR\"\n\"x:delete\": \"roles:Operator\"\n\"x:show\": \"roles:operator\"")
        let shouted = Caller(user: "o", scope: .project("p", domain: nil), roles: ["Operator"])
        #expect(engine.decide(shouted, rule: "x:list", target: [:]) == .admitted)
        #expect(engine.decide(shouted, rule: "x:delete", target: [:]) == .admitted)
        #expect(engine.decide(shouted, rule: "x:show", target: [:]) == .refused)
        #expect(shouted.has(role: "operator"))
    }

    @Test("a base rule's override reaches the rules that refer to it")
    func baseOverride() throws {
        let engine = try engine("admin_api: role:cloud_admin")
        #expect(engine.decide(admin, rule: "x:delete", target: [:]) == .refused)
    }

    @Test("heeds deprecated names with a warning")
    func deprecated() throws {
        let engine = try engine("\"x:remove\": \"role:reader\"")
        #expect(engine.decide(reader, rule: "x:delete", target: [:]) == .admitted)
        #expect(engine.warnings.count == 1)
        let both = try self.engine("\"x:remove\": \"role:reader\"\n\"x:delete\": \"role:admin\"")
        #expect(both.decide(reader, rule: "x:delete", target: [:]) == .refused)
    }

    @Test("legacy defaults only where asked for and not overridden")
    func legacy() throws {
        #expect(try engine().decide(reader, rule: "x:show", target: [:]) == .refused)
        #expect(try engine(legacy: true).decide(reader, rule: "x:show", target: [:]) == .admitted)
        #expect(
            try engine("\"x:show\": \"role:admin\"", legacy: true).decide(reader, rule: "x:show", target: [:])
                == .refused)
    }

    @Test(
        "refuses at load",
        arguments: [
            ("\"x:lst\": \"@\"", "did you mean 'x:list'"),
            ("\"x:list\": \"rule:admin_apo\"", "did you mean 'admin_api'"),
            ("\"x:list\": \"rule:a\"\na: \"rule:b\"\nb: \"not rule:a\"", "a → b → a"),
            ("unused: \"rule:unused\"", "unused → unused"),
            ("\"x:list\": !", "in quotes"),
            ("\"x:list\":", "in quotes"),
            ("\"x:list\": ~", "in quotes"),
            ("\"x:list\": {a: b}", "rule 'x:list'"),
            ("\"x:list\": [[[a]]]", "rule 'x:list'"),
            ("\"x:list\": \"role:a and\"", "rule 'x:list'"),
            ("- a", "mapping"),
            ("\"x:list\": \"@\"\n\"x:list\": \"!\"", "policy0.yaml"),
            ("{", "policy0.yaml"),
        ])
    func refusals(_ text: String, _ hint: String) throws {
        let error = #expect(throws: PolicyError.self) { _ = try engine(text) }
        #expect(error?.description.contains(hint) == true, "\(error?.description ?? "accepted")")
    }

    @Test(
        "files without rules change nothing; names of other services are passed over",
        arguments: ["", "# none\n", "{}"])
    func emptyFiles(_ text: String) throws {
        let engine = try engine(text, "\"other:list\": \"rule:other_base\"\nother_alias: \"rule:other_base\"")
        #expect(engine.decide(admin, rule: "x:delete", target: [:]) == .admitted)
        #expect(engine.decide(admin, rule: "other:list", target: [:]) == .unknownRule)
    }

    @Test("a bad reload leaves what was in force")
    func reload() throws {
        let engine = try engine()
        #expect(throws: PolicyError.self) {
            try engine.replace(with: [PolicyDocument("\"x:lisp\": \"@\"", name: "policy.yaml")])
        }
        #expect(engine.decide(reader, rule: "x:list", target: .own(reader)) == .admitted)
        try engine.replace(with: [PolicyDocument("\"x:list\": \"!\"", name: "policy.yaml")])
        #expect(engine.decide(reader, rule: "x:list", target: .own(reader)) == .refused)
    }

    @Test("the authorizer says no in the service's words and keeps the reason for the log")
    func authorizer() throws {
        let authorizer = PolicyAuthorizer(
            engine: try engine(), wording: .init { "Access was denied to the following resource: \($0)" })
        try authorizer.authorize(admin, rule: "x:delete", target: [:])
        do {
            try authorizer.authorize(reader, rule: "x:delete", target: [:])
            Issue.record("a reader was let through")
        } catch {
            #expect(error.kind == .forbidden)
            #expect(error.message == "Access was denied to the following resource: x:delete")
            #expect(error.context?.contains("role:admin") == true)
        }
    }
}
