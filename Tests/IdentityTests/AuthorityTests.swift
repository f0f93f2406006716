import API
import HTTPTypes
import Identity
import Model
import TestStore
import Testing

@Suite("Powers that nobody gives himself", .everyEngine)
struct AuthorityTests {
    /// The domain's manager `m`, beside the administrator, the service user and `demo`.
    private struct World {
        let cloud: Cloud
        let admin: String
        let manager: String
        let managerID: String

        init() async throws {
            cloud = try await Cloud()
            admin = try await cloud.adminToken()
            let made = try await cloud.send(
                .post, "/v3/users", ["user": ["name": "m", "password": "m's own", "domain_id": "default"]],
                token: admin)
            managerID = try made.text("user", "id")
            let role = try await cloud.id(of: "manager", in: "roles")
            _ = try await cloud.send(.put, "/v3/domains/default/users/\(managerID)/roles/\(role)", token: admin)
            manager = try await cloud.token("m", "m's own", scope: ["domain": ["id": "default"]])
        }

        func status(_ method: HTTPRequest.Method, _ path: String, _ body: JSONValue? = nil) async throws -> Int {
            try await cloud.send(method, path, body, token: manager).status
        }

        /// A group of that name with `role` on `project`.
        func group(_ name: String, _ role: String, on project: String) async throws -> String {
            let made = try await cloud.send(
                .post, "/v3/groups", ["group": ["name": .text(name), "domain_id": "default"]], token: admin)
            let id = try made.text("group", "id")
            let grant = "/v3/projects/\(try await cloud.id(of: project, in: "projects"))/groups/\(id)/roles/"
            let given = try await cloud.send(
                .put, grant + (try await cloud.id(of: role, in: "roles")), token: admin)
            #expect(given.status == 204)
            return id
        }
    }

    @Test(
        "a manager cannot take over a user with a role that he may not grant",
        arguments: ["admin", "nova"], [["password": "taken over"], ["enabled": true], ["name": "x"]] as [JSONValue])
    func takeOver(user: String, change: JSONValue) async throws {
        let world = try await World()
        let path = "/v3/users/\(try await world.cloud.id(of: user, in: "users"))"
        let refused = try await world.cloud.send(.patch, path, ["user": change], token: world.manager)
        #expect(refused.status == 403)
        #expect(refused.message.contains("may not grant"), "\(refused.message)")
        #expect(try await world.status(.delete, path) == 403)
        #expect(try await world.cloud.signIn("admin", Cloud.adminPassword, scope: nil).status == 201)
    }

    @Test("a manager looks after users whose roles he could have granted, and after himself")
    func ordinary() async throws {
        let world = try await World()
        let demo = "/v3/users/\(try await world.cloud.id(of: "demo", in: "users"))"
        #expect(try await world.status(.patch, demo, ["user": ["password": "another"]]) == 200)
        #expect(try await world.status(.patch, "/v3/users/\(world.managerID)", ["user": ["email": "m@example"]]) == 200)
        #expect(try await world.status(.delete, demo) == 204)
    }

    @Test("a role through a group counts like one of the user's own, on the system too")
    func throughGroups() async throws {
        let world = try await World()
        let demo = try await world.cloud.id(of: "demo", in: "users")
        let group = try await world.group("operators", "reader", on: "demo")
        let admin = try await world.cloud.id(of: "admin", in: "roles")
        _ = try await world.cloud.send(.put, "/v3/groups/\(group)/users/\(demo)", token: world.admin)
        #expect(try await world.status(.patch, "/v3/users/\(demo)", ["user": ["password": "one"]]) == 200)
        _ = try await world.cloud.send(.put, "/v3/system/groups/\(group)/roles/\(admin)", token: world.admin)
        #expect(try await world.status(.patch, "/v3/users/\(demo)", ["user": ["password": "two"]]) == 403)
    }

    @Test("nobody joins, leaves or deletes a group with a role that he may not grant")
    func groups() async throws {
        let world = try await World()
        let admins = try await world.group("admins", "admin", on: "admin")
        let readers = try await world.group("readers", "reader", on: "demo")
        #expect(try await world.status(.put, "/v3/groups/\(admins)/users/\(world.managerID)") == 403)
        #expect(try await world.status(.delete, "/v3/groups/\(admins)") == 403)
        _ = try await world.cloud.send(.put, "/v3/groups/\(admins)/users/\(world.managerID)", token: world.admin)
        #expect(try await world.status(.delete, "/v3/groups/\(admins)/users/\(world.managerID)") == 403)
        #expect(try await world.status(.put, "/v3/groups/\(readers)/users/\(world.managerID)") == 204)
        #expect(try await world.status(.delete, "/v3/groups/\(readers)") == 204)
    }
}
