import API
import HTTPTypes
import Identity
import Model
import TestStore
import Testing

/// Nobody comes by a role that they may not grant. The manager of the domain in which the administrators live tries.
@Suite("Ways to power", .everyEngine)
struct PowerTests {
    /// A cloud with a manager of the domain `default`, an administrators' group, and people of all kinds.
    private struct Stage {
        let cloud: Cloud
        let admin: String
        let manager: String
        let managerID: String
        let admins: String
        let staff: String

        init() async throws {
            cloud = try await Cloud()
            admin = try await cloud.adminToken()
            managerID = try await Self.user("m", cloud, admin)
            let manager = try await cloud.id(of: "manager", in: "roles")
            let path = "/v3/domains/default/users/\(managerID)/roles/\(manager)"
            #expect(try await cloud.send(.put, path, token: admin).status == 204)
            admins = try await Self.group("admins", cloud, admin)
            staff = try await Self.group("staff", cloud, admin)
            let role = try await cloud.id(of: "admin", in: "roles")
            let project = try await cloud.id(of: "admin", in: "projects")
            #expect(
                try await cloud.send(.put, "/v3/projects/\(project)/groups/\(admins)/roles/\(role)", token: admin)
                    .status == 204)
            let member = try await cloud.id(of: "member", in: "roles")
            let demo = try await cloud.id(of: "demo", in: "projects")
            #expect(
                try await cloud.send(.put, "/v3/projects/\(demo)/groups/\(staff)/roles/\(member)", token: admin).status
                    == 204)
            self.manager = try await cloud.token("m", "manager's own", scope: ["domain": ["id": "default"]])
        }

        static func user(_ name: String, _ cloud: Cloud, _ token: String) async throws -> String {
            try await cloud.send(
                .post, "/v3/users",
                ["user": ["name": .text(name), "password": "manager's own", "domain_id": "default"]], token: token
            ).text("user", "id")
        }

        static func group(_ name: String, _ cloud: Cloud, _ token: String) async throws -> String {
            try await cloud.send(
                .post, "/v3/groups", ["group": ["name": .text(name), "domain_id": "default"]], token: token
            ).text("group", "id")
        }

        func tries(_ method: HTTPRequest.Method, _ path: String, _ body: JSONValue? = nil) async throws -> Int {
            try await cloud.send(method, path, body, token: manager).status
        }
    }

    @Test(
        "no change to who holds a role of the deployment",
        arguments: [
            ("admin", ["password": "taken over"]), ("admin", ["enabled": false]), ("admin", ["name": "other"]),
            ("admin", ["options": ["lock_password": true]]), ("nova", ["password": "taken over"]),
            ("nova", ["description": "x"]),
        ] as [(String, JSONValue)])
    func users(name: String, change: JSONValue) async throws {
        let stage = try await Stage()
        let id = try await stage.cloud.id(of: name, in: "users")
        #expect(try await stage.tries(.patch, "/v3/users/\(id)", ["user": change]) == 403)
        #expect(try await stage.tries(.delete, "/v3/users/\(id)") == 403)
        #expect(
            try await stage.cloud.signIn("admin", Cloud.adminPassword, scope: Cloud.project("admin")).status == 201)
        let changed = try await stage.cloud.send(
            .patch, "/v3/users/\(id)", ["user": change], token: try await stage.cloud.adminToken())
        #expect(changed.status == 200)
    }

    @Test("nor to one who holds it through a group, nor into, out of, or about that group")
    func groups() async throws {
        let stage = try await Stage()
        let ann = try await Stage.user("ann", stage.cloud, stage.admin)
        #expect(try await stage.tries(.patch, "/v3/users/\(ann)", ["user": ["password": "good as new"]]) == 200)
        #expect(try await stage.tries(.put, "/v3/groups/\(stage.admins)/users/\(stage.managerID)") == 403)
        #expect(try await stage.tries(.put, "/v3/groups/\(stage.admins)/users/\(ann)") == 403)
        let path = "/v3/groups/\(stage.admins)/users/\(ann)"
        #expect(try await stage.cloud.send(.put, path, token: stage.admin).status == 204)
        #expect(try await stage.tries(.patch, "/v3/users/\(ann)", ["user": ["password": "taken over"]]) == 403)
        #expect(try await stage.tries(.delete, path) == 403)
        #expect(try await stage.tries(.patch, "/v3/groups/\(stage.admins)", ["group": ["name": "x"]]) == 403)
        #expect(try await stage.tries(.delete, "/v3/groups/\(stage.admins)") == 403)
    }

    @Test("what a manager is for still works")
    func manages() async throws {
        let stage = try await Stage()
        let demo = try await stage.cloud.id(of: "demo", in: "users")
        #expect(try await stage.tries(.patch, "/v3/users/\(demo)", ["user": ["password": "set by m"]]) == 200)
        #expect(try await stage.tries(.put, "/v3/groups/\(stage.staff)/users/\(demo)") == 204)
        #expect(try await stage.tries(.delete, "/v3/groups/\(stage.staff)/users/\(demo)") == 204)
        #expect(try await stage.tries(.patch, "/v3/groups/\(stage.staff)", ["group": ["name": "people"]]) == 200)
        #expect(try await stage.tries(.patch, "/v3/users/\(stage.managerID)", ["user": ["email": "m@x"]]) == 200)
        let made = try await stage.cloud.send(
            .post, "/v3/users", ["user": ["name": "new"]], token: stage.manager)
        #expect(made.status == 201)
        #expect(try await stage.tries(.delete, "/v3/users/\(try made.text("user", "id"))") == 204)
        #expect(try await stage.tries(.delete, "/v3/groups/\(stage.staff)") == 204)
        #expect(try await stage.tries(.delete, "/v3/users/\(demo)") == 204)
    }

    @Test("a role outside the manager's domain counts as one that he may not grant")
    func elsewhere() async throws {
        let stage = try await Stage()
        let cloud = stage.cloud
        let other = try await cloud.send(.post, "/v3/domains", ["domain": ["name": "other"]], token: stage.admin)
        let domain = try other.text("domain", "id")
        let demo = try await cloud.id(of: "demo", in: "users")
        let reader = try await cloud.id(of: "reader", in: "roles")
        for path in ["/v3/domains/\(domain)/users/\(demo)/roles/\(reader)", "/v3/system/users/\(demo)/roles/\(reader)"]
        {
            #expect(try await cloud.send(.put, path, token: stage.admin).status == 204)
            #expect(try await stage.tries(.patch, "/v3/users/\(demo)", ["user": ["password": "taken"]]) == 403)
            #expect(try await cloud.send(.delete, path, token: stage.admin).status == 204)
        }
        #expect(try await stage.tries(.patch, "/v3/users/\(demo)", ["user": ["password": "set by m"]]) == 200)
    }

    @Test("the projects that administrators and services work in stay open", arguments: ["admin", "service"])
    func projects(name: String) async throws {
        let stage = try await Stage()
        let id = try await stage.cloud.id(of: name, in: "projects")
        #expect(try await stage.tries(.patch, "/v3/projects/\(id)", ["project": ["enabled": false]]) == 403)
        #expect(try await stage.tries(.patch, "/v3/projects/\(id)", ["project": ["name": "x"]]) == 403)
        #expect(try await stage.tries(.delete, "/v3/projects/\(id)") == 403)
        #expect(try await stage.tries(.patch, "/v3/projects/\(id)", ["project": ["description": "x"]]) == 200)
        let demo = try await stage.cloud.id(of: "demo", in: "projects")
        #expect(try await stage.tries(.patch, "/v3/projects/\(demo)", ["project": ["enabled": false]]) == 200)
        #expect(try await stage.tries(.delete, "/v3/projects/\(demo)") == 204)
    }

    @Test(
        "grants, implied roles and roles stay as they were",
        arguments: ["admin", "service"])
    func grants(name: String) async throws {
        let stage = try await Stage()
        let role = try await stage.cloud.id(of: name, in: "roles")
        let reader = try await stage.cloud.id(of: "reader", in: "roles")
        let demo = try await stage.cloud.id(of: "demo", in: "projects")
        for (method, path) in [
            (.put, "/v3/projects/\(demo)/users/\(stage.managerID)/roles/\(role)"),
            (.put, "/v3/domains/default/users/\(stage.managerID)/roles/\(role)"),
            (.put, "/v3/OS-INHERIT/domains/default/users/\(stage.managerID)/roles/\(role)/inherited_to_projects"),
            (.put, "/v3/system/users/\(stage.managerID)/roles/\(reader)"),
            (.put, "/v3/domains/default/groups/\(stage.staff)/roles/\(role)"),
            (.put, "/v3/roles/\(reader)/implies/\(role)"), (.delete, "/v3/roles/\(role)"),
        ] as [(HTTPRequest.Method, String)] {
            #expect(try await stage.tries(method, path) == 403, "\(method) \(path)")
        }
        #expect(try await stage.tries(.post, "/v3/roles", ["role": ["name": "Admin"]]) == 403)
        let shouted = try await stage.cloud.send(.post, "/v3/roles", ["role": ["name": "ADMIN"]], token: stage.admin)
        let implied = try await stage.cloud.send(
            .put, "/v3/roles/\(reader)/implies/\(try shouted.text("role", "id"))", token: stage.admin)
        #expect(implied.status == 403)
    }
}
