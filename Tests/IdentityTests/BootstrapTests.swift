import API
import HTTPTypes
import Identity
import Model
import TestStore
import Testing

@Suite("Bootstrap", .everyEngine)
struct BootstrapTests {
    @Test("a second one changes nothing but the URLs")
    func idempotent() async throws {
        let cloud = try await Cloud()
        let before = try await snapshot(cloud)
        var plan = Cloud.plan()
        plan.adminPassword = Secret("another")
        plan.catalog[1].url = "http://127.0.0.1:9999/placement"
        let again = try await cloud.identity.bootstrap(plan)
        #expect(again.admin == cloud.ids.admin && again.adminProject == cloud.ids.adminProject)
        #expect(cloud.ids.setsAdminPassword && !again.setsAdminPassword)
        #expect(cloud.ids.adminHasThisPassword && !again.adminHasThisPassword && again.adminIsEnabled)
        #expect(try await cloud.identity.bootstrap(Cloud.plan()).adminHasThisPassword)
        #expect(try await cloud.identity.bootstrap(plan).adminHasThisPassword == false)
        let after = try await snapshot(cloud)
        #expect(before.filter { $0.key != "endpoints" } == after.filter { $0.key != "endpoints" })
        let urls = try await cloud.send(.get, "/v3/endpoints", token: try await cloud.adminToken()).texts(
            "endpoints", "url")
        #expect(urls.count == 9)
        #expect(urls.count { $0 == "http://127.0.0.1:9999/placement" } == 3)
    }

    @Test("the administrator's password can be set anew, which ends the old tokens")
    func reset() async throws {
        let cloud = try await Cloud()
        let old = try await cloud.adminToken()
        cloud.clock.advance(by: .seconds(1))
        var plan = Cloud.plan()
        plan.adminPassword = Secret("another")
        plan.resetsAdminPassword = true
        #expect(try await cloud.identity.bootstrap(plan).setsAdminPassword)
        #expect(try await cloud.send(.get, "/v3/users", token: old).status == 401)
        cloud.clock.advance(by: .seconds(1))
        #expect(try await cloud.signIn("admin", Cloud.adminPassword, scope: nil).status == 401)
        let fresh = try await cloud.token("admin", "another", scope: nil)
        #expect(try await !cloud.identity.bootstrap(plan).setsAdminPassword)
        #expect(try await cloud.send(.get, "/v3/users", token: fresh).status == 200)
    }

    @Test("several at once make one cloud")
    func concurrent() async throws {
        let cloud = try await Cloud()
        let found = try await withThrowingTaskGroup { group in
            for _ in 0..<8 { group.addTask { try await cloud.identity.bootstrap(Cloud.plan()) } }
            return try await group.reduce(into: Set<UserID>()) { $0.insert($1.admin) }
        }
        #expect(found == [cloud.ids.admin])
    }

    @Test("roles are immutable and imply one another; a service user reads the system")
    func roles() async throws {
        let cloud = try await Cloud()
        let token = try await cloud.adminToken()
        let roles = try await cloud.send(.get, "/v3/roles", token: token)
        #expect(Set(roles.texts("roles", "name")) == ["admin", "manager", "member", "reader", "service"])
        let reader = try await cloud.id(of: "reader", in: "roles")
        #expect(try await cloud.send(.delete, "/v3/roles/\(reader)", token: token).status == 403)
        let system = try await cloud.signIn("nova", Cloud.servicePassword, scope: ["system": ["all": true]])
        #expect(system.status == 201)
        #expect(try system.text("token", "roles", 0, "name") == "reader")
        let service = try await cloud.signIn("nova", Cloud.servicePassword, scope: Cloud.project("service"))
        #expect(try service.text("token", "roles", 0, "name") == "service")
    }

    private func snapshot(_ cloud: Cloud) async throws -> [String: JSONValue] {
        let token = try await cloud.adminToken()
        var found: [String: JSONValue] = [:]
        for plural in ["users", "projects", "domains", "roles", "role_assignments", "services", "endpoints", "regions"]
        {
            found[plural] = try await cloud.send(.get, "/v3/\(plural)", token: token).body
        }
        return found
    }
}
