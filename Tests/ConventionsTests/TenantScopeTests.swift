import Conventions
import Model
import Store
import TestStore
import Testing

@Suite struct TenantScopeTests {
    private func caller(_ scope: Caller.Scope, _ roles: Set<String>) -> Caller {
        Caller(user: "ann", scope: scope, roles: roles)
    }

    @Test func `administrators see everyone's, others their project's, and without one nobody's`() async throws {
        let red = Caller.Scope.project("red", domain: nil)
        for (caller, count) in [
            (caller(red, ["admin"]), 3), (caller(.system, ["admin"]), 3), (caller(red, ["manager", "member"]), 2),
            (caller(.project("green", domain: nil), ["member"]), 0), (caller(.system, ["reader"]), 0),
        ] {
            #expect(try await seen(TenantScope(caller)) == count, "\(caller.scope) \(caller.roles)")
        }
        #expect(TenantScope(caller(red, ["service"]), seesEveryone: true) == .everyone)
        #expect(TenantScope(caller(red, ["service"]), seesEveryone: false) == .project("red"))
    }

    private func seen(_ scope: TenantScope) async throws -> Int? {
        let store = try await TestStore.open([
            Migration(
                room: "things", number: 1, title: "things",
                statements: [
                    "CREATE TABLE things (project TEXT NOT NULL)",
                    "INSERT INTO things (project) VALUES ('red'), ('red'), ('blue')",
                ])
        ])
        return try await store.read { transaction in
            try transaction.first("SELECT COUNT(*) FROM things t WHERE \(scope.condition("t.project"))") { row in
                try row[0]
            }
        }
    }
}
