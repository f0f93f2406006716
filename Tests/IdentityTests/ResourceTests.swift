import API
import HTTPTypes
import Identity
import Model
import TestStore
import Testing

@Suite("Users, projects, domains, roles, groups, catalog", .everyEngine)
struct ResourceTests {
    @Test(
        "made, shown, found by name, changed, deleted",
        arguments: [
            ("user", ["name": "ann", "email": "ann@example.org", "password": "secret word"], ["name": "anna"]),
            ("project", ["name": "lab", "description": "where it is tried", "tags": ["a", "b"]], ["enabled": false]),
            ("group", ["name": "staff", "description": "all of them"], ["description": ""]),
            ("role", ["name": "auditor", "description": nil], ["name": "inspector"]),
            ("service", ["type": "image", "name": "glance", "description": nil, "enabled": true], ["enabled": false]),
            ("region", ["id": "north", "description": "far up"], ["description": "further up"]),
            ("domain", ["name": "guests", "enabled": true], ["enabled": false]),
        ] as [(String, JSONValue, JSONValue)])
    func life(kind: String, draft: JSONValue, change: JSONValue) async throws {
        let cloud = try await Cloud()
        let token = try await cloud.adminToken()
        let created = try await cloud.send(.post, "/v3/\(kind)s", .object([.init(kind, draft)]), token: token)
        #expect(created.status == 201, "\(created.shown)")
        let id = try created.text(kind, "id")
        #expect(try created.text(kind, "links", "self") == "http://127.0.0.1/identity/v3/\(kind)s/\(id)")
        try expect(created, kind, has: draft)
        #expect(created[kind, "password"] == nil)
        let path = "/v3/\(kind)s/\(id)"
        let shown = try await cloud.send(.get, path, token: token)
        #expect(shown.status == 200 && shown.body == created.body)
        let head = try await cloud.send(.head, path, token: token)
        #expect(head.status == 200 && head.body == .null)
        if case .text(let name)? = draft["name"] {
            let missing = try await cloud.send(.get, "/v3/\(kind)s/\(name)", token: token)
            #expect(missing.status == 404 && missing.message == "Could not find \(kind): \(name).")
            let found = try await cloud.send(.get, "/v3/\(kind)s?name=\(name)", token: token)
            #expect(found.texts("\(kind)s", "id") == [id])
            #expect(found["links", "next"] == .null)
        }
        let changed = try await cloud.send(.patch, path, .object([.init(kind, change)]), token: token)
        #expect(changed.status == 200, "\(changed.shown)")
        try expect(changed, kind, has: change)
        #expect(try await cloud.send(.delete, path, token: token).status == 204)
        #expect(try await cloud.send(.get, path, token: token).status == 404)
        #expect(try await cloud.send(.delete, path, token: token).status == 404)
    }

    private func expect(_ answer: Cloud.Answer, _ kind: String, has members: JSONValue) throws {
        guard case .object(let members) = members else { return }
        for member in members where member.name != "password" {
            #expect(answer[kind, member.name] == member.value, "\(member.name)")
        }
    }

    @Test("a name is there once in its domain")
    func duplicates() async throws {
        let cloud = try await Cloud()
        let token = try await cloud.adminToken()
        for (kind, draft) in [
            ("user", ["name": "demo"]), ("project", ["name": "demo"]), ("role", ["name": "member"]),
            ("domain", ["name": "Default"]), ("region", ["id": "RegionOne"]),
        ] as [(String, JSONValue)] {
            let answer = try await cloud.send(.post, "/v3/\(kind)s", .object([.init(kind, draft)]), token: token)
            #expect(answer.status == 409, "\(kind): \(answer.shown)")
            #expect(answer["error", "title"] == "Conflict")
        }
        let domain = try await cloud.send(.post, "/v3/domains", ["domain": ["name": "guests"]], token: token)
        let id = JSONValue.text(try domain.text("domain", "id"))
        let user = try await cloud.send(
            .post, "/v3/users", ["user": ["name": "demo", "domain_id": id]], token: token)
        #expect(user.status == 201)
    }

    @Test("lists are filtered, compared and paged")
    func lists() async throws {
        let cloud = try await Cloud { $0.pageSize = 4 }
        let token = try await cloud.adminToken()
        for index in 0..<7 {
            let enabled = JSONValue.bool(index % 2 == 0)
            try await cloud.send(
                .post, "/v3/projects", ["project": ["name": .text("Lab-\(index)"), "enabled": enabled]], token: token)
        }
        func names(_ query: String) async throws -> [String] {
            try await cloud.send(.get, "/v3/projects?\(query)", token: token).texts("projects", "name").sorted()
        }
        #expect(try await names("name=Lab-3") == ["Lab-3"])
        #expect(try await names("name__startswith=Lab&enabled=False") == ["Lab-1", "Lab-3", "Lab-5"])
        #expect(try await names("name__icontains=AB-6") == ["Lab-6"])
        #expect(try await names("name__endswith=-2&colour=red") == ["Lab-2"])
        #expect(try await names("name__contains=%25") == [])
        var seen: [String] = []
        var next: String? = "/v3/projects?name__startswith=Lab&limit=3"
        while let path = next {
            let page = try await cloud.send(.get, path, token: token)
            #expect(page.texts("projects", "id").count <= 3)
            seen += page.texts("projects", "name")
            next = nil
            if case .text(let url)? = page["links", "next"] {
                next = String(url.dropFirst("http://127.0.0.1/identity".count))
            }
        }
        #expect(seen.sorted() == (0..<7).map { "Lab-\($0)" })
        let cut = try await cloud.send(.get, "/v3/projects", token: token)
        #expect(cut["truncated"] == true)
        #expect(cut.texts("projects", "id").count == 4)
        #expect(try await cloud.send(.get, "/v3/projects?limit=none", token: token).status == 400)
    }

    @Test("grants are given, checked, listed and taken, on a project, a domain and the system")
    func grants() async throws {
        let cloud = try await Cloud()
        let token = try await cloud.adminToken()
        let user = try await cloud.id(of: "demo", in: "users")
        let project = try await cloud.id(of: "admin", in: "projects")
        let role = try await cloud.id(of: "reader", in: "roles")
        for target in ["projects/\(project)", "domains/default", "system"] {
            let list = "/v3/\(target)/users/\(user)/roles"
            let one = "\(list)/\(role)"
            #expect(try await cloud.send(.head, one, token: token).status == 404)
            #expect(try await cloud.send(.put, one, token: token).status == 204)
            #expect(try await cloud.send(.put, one, token: token).status == 204)
            #expect(try await cloud.send(.head, one, token: token).status == 204)
            #expect(try await cloud.send(.get, list, token: token).texts("roles", "name") == ["reader"])
        }
        let assignments = try await cloud.send(
            .get, "/v3/role_assignments?user.id=\(user)&include_names", token: token)
        #expect(
            assignments.texts("role_assignments", "role", "name").sorted() == ["member", "reader", "reader", "reader"])
        let effective = try await cloud.send(
            .get, "/v3/role_assignments?user.id=\(user)&scope.project.id=\(project)&effective&include_names=true",
            token: token)
        #expect(try effective.text("role_assignments", 0, "scope", "project", "domain", "name") == "Default")
        let system = try await cloud.signIn("demo", Cloud.demoPassword, scope: ["system": ["all": true]])
        #expect(system.status == 201)
        let seen = try await cloud.send(.get, "/v3/users", token: system.headers[.subjectToken])
        #expect(seen.status == 200)
        try await cloud.send(.delete, "/v3/system/users/\(user)/roles/\(role)", token: token)
        let after = try await cloud.send(.get, "/v3/users", token: system.headers[.subjectToken])
        #expect(after.status == 401)
        #expect(try await cloud.send(.put, "/v3/\("system")/users/\(user)/roles/nothing", token: token).status == 404)
    }

    @Test("a group's role and an inherited one reach the user, implied ones included")
    func groups() async throws {
        let cloud = try await Cloud()
        let token = try await cloud.adminToken()
        let user = try await cloud.id(of: "demo", in: "users")
        let group = try await cloud.send(.post, "/v3/groups", ["group": ["name": "staff"]], token: token)
            .text("group", "id")
        let top = try await cloud.send(.post, "/v3/projects", ["project": ["name": "top"]], token: token)
            .text("project", "id")
        let below = try await cloud.send(
            .post, "/v3/projects", ["project": ["name": "below", "parent_id": .text(top)]], token: token)
        #expect(below.status == 201)
        let manager = try await cloud.id(of: "manager", in: "roles")
        let inherit = "/v3/OS-INHERIT/projects/\(top)/groups/\(group)/roles/\(manager)/inherited_to_projects"
        #expect(try await cloud.send(.put, inherit, token: token).status == 204)
        #expect(try await cloud.send(.put, "/v3/groups/\(group)/users/\(user)", token: token).status == 204)
        let signedIn = try await cloud.signIn("demo", Cloud.demoPassword, scope: Cloud.project("below"))
        #expect(signedIn.status == 201)
        #expect(try signedIn.text("token", "roles", 0, "name") == "manager")
        #expect(try signedIn.text("token", "roles", 2, "name") == "reader")
        #expect(try await cloud.signIn("demo", Cloud.demoPassword, scope: Cloud.project("top")).status == 401)
        let demo = try await cloud.demoToken()
        let open = try await cloud.send(.get, "/v3/auth/projects", token: demo)
        #expect(Set(open.texts("projects", "name")) == ["demo", "below"])
        #expect(try await cloud.send(.delete, "/v3/groups/\(group)/users/\(user)", token: token).status == 204)
        #expect(try await cloud.signIn("demo", Cloud.demoPassword, scope: Cloud.project("below")).status == 401)
        #expect(try await cloud.send(.delete, "/v3/projects/\(top)", token: token).status == 403)
    }

    @Test("roles imply one another without circles")
    func implied() async throws {
        let cloud = try await Cloud()
        let token = try await cloud.adminToken()
        let (manager, reader) = (
            try await cloud.id(of: "manager", in: "roles"), try await cloud.id(of: "reader", in: "roles")
        )
        #expect(try await cloud.send(.put, "/v3/roles/\(reader)/implies/\(manager)", token: token).status == 403)
        let made = try await cloud.send(.put, "/v3/roles/\(manager)/implies/\(reader)", token: token)
        #expect(made.status == 201)
        #expect(try made.text("role_inference", "implies", "name") == "reader")
        let list = try await cloud.send(.get, "/v3/roles/\(manager)/implies", token: token)
        #expect(list["role_inference", "implies", 1] != nil)
        #expect(try await cloud.send(.head, "/v3/roles/\(manager)/implies/\(reader)", token: token).status == 204)
        #expect(try await cloud.send(.delete, "/v3/roles/\(manager)/implies/\(reader)", token: token).status == 204)
        let all = try await cloud.send(.get, "/v3/role_inferences", token: token)
        #expect(all["role_inferences", 2] != nil && all["role_inferences", 3] == nil)
    }

    @Test("an ordinary user sees their own and changes nothing")
    func policy() async throws {
        let cloud = try await Cloud()
        let demo = try await cloud.demoToken()
        let own = try await cloud.id(of: "demo", in: "users")
        let admin = try await cloud.id(of: "admin", in: "users")
        #expect(try await cloud.send(.get, "/v3/users/\(own)", token: demo).status == 200)
        #expect(try await cloud.send(.get, "/v3/users/\(own)/projects", token: demo).status == 200)
        for path in [
            "users/\(admin)", "users/nobody", "users", "projects", "role_assignments", "services", "endpoints",
        ] {
            let answer = try await cloud.send(.get, "/v3/\(path)", token: demo)
            #expect(answer.status == 403, "\(path)")
            #expect(answer["error", "title"] == "Forbidden")
        }
        #expect(try await cloud.send(.get, "/v3/regions", token: demo).status == 200)
        let made = try await cloud.send(.post, "/v3/users", ["user": ["name": "x"]], token: demo)
        #expect(made.status == 403)
        #expect(try await cloud.send(.get, "/v3/users").status == 401)
    }

    @Test("a domain goes only when it is disabled, and takes what is in it along")
    func domains() async throws {
        let cloud = try await Cloud()
        let token = try await cloud.adminToken()
        let id = try await cloud.send(.post, "/v3/domains", ["domain": ["name": "guests"]], token: token)
            .text("domain", "id")
        for kind in ["user", "project", "group", "role"] {
            let draft: JSONValue = ["name": "inside", "domain_id": .text(id)]
            let made = try await cloud.send(.post, "/v3/\(kind)s", .object([.init(kind, draft)]), token: token)
            #expect(made.status == 201, "\(made.shown)")
        }
        #expect(try await cloud.send(.delete, "/v3/domains/\(id)", token: token).status == 403)
        #expect(try await cloud.send(.delete, "/v3/domains/default", token: token).status == 403)
        try await cloud.send(.patch, "/v3/domains/\(id)", ["domain": ["enabled": false]], token: token)
        #expect(try await cloud.send(.delete, "/v3/domains/\(id)", token: token).status == 204)
        for plural in ["users", "projects", "groups", "roles?domain_id=\(id)"] {
            let left = try await cloud.send(.get, "/v3/\(plural)", token: token)
            #expect(!left.shown.contains("inside"))
        }
    }

    @Test("tags of a project one by one")
    func tags() async throws {
        let cloud = try await Cloud()
        let token = try await cloud.adminToken()
        let path = "/v3/projects/\(try await cloud.id(of: "demo", in: "projects"))/tags"
        #expect(try await cloud.send(.put, path + "/blue", token: token).status == 201)
        #expect(try await cloud.send(.get, path + "/blue", token: token).status == 204)
        #expect(try await cloud.send(.get, path + "/red", token: token).status == 404)
        #expect(
            try await cloud.send(.put, path, ["tags": ["red", "green"]], token: token)["tags"] == ["red", "green"])
        let tagged = try await cloud.send(.get, "/v3/projects?tags=red,green", token: token)
        #expect(tagged.texts("projects", "name") == ["demo"])
        #expect(try await cloud.send(.delete, path + "/red", token: token).status == 204)
        #expect(try await cloud.send(.get, path, token: token)["tags"] == ["green"])
        #expect(try await cloud.send(.delete, path, token: token).status == 204)
    }

    @Test("tags are found whole, by all, any and none of them")
    func tagFilters() async throws {
        let cloud = try await Cloud()
        let token = try await cloud.adminToken()
        let all: [(String, [String])] = [
            ("one", ["red", "green"]), ("two", ["red"]), ("odd", ["\"\\", "reddish", "say \"red\" now"]),
            ("accent", ["caf\u{e9}"]), ("decomposed", ["cafe\u{301}"]),
        ]
        for (name, tags) in all {
            let made = try await cloud.send(
                .post, "/v3/projects",
                ["project": ["name": .text(name), "tags": .array(tags.map(JSONValue.text))]], token: token)
            #expect(made.status == 201, "\(made.shown)")
        }
        func found(_ query: String) async throws -> Set<String> {
            let names = try await cloud.send(.get, "/v3/projects?\(query)", token: token).texts("projects", "name")
            return Set(names).subtracting(["admin", "service", "demo"])
        }
        let others: Set = ["odd", "accent", "decomposed"]
        #expect(try await found("tags=red") == ["one", "two"])
        #expect(try await found("tags=red,green") == ["one"])
        #expect(try await found("tags-any=green,reddish") == ["one", "odd"])
        #expect(try await found("not-tags=red,green") == others.union(["two"]))
        #expect(try await found("not-tags-any=red,green") == others)
        #expect(try await found("tags=%5C") == [], "a backslash alone is the tag of none")
        #expect(try await found("tags=%22%5C") == ["odd"])
        let many = (1...81).map { "t\($0)" }
        #expect(try await found("tags-any=\(many.dropFirst().joined(separator: ","))") == [])
        for query in ["tags=\(many.joined(separator: ","))", many.map { "tags=\($0)" }.joined(separator: "&")] {
            #expect(try await cloud.send(.get, "/v3/projects?\(query)", token: token).status == 400)
        }
        #expect(try await found("tags=caf%C3%A9") == ["accent"])
        #expect(try await found("tags=cafe%CC%81") == ["decomposed"])
        let path = "/v3/projects/\(try await cloud.id(of: "accent", in: "projects"))/tags"
        #expect(try await cloud.send(.get, path + "/cafe%CC%81", token: token).status == 404)
        #expect(try await cloud.send(.put, path + "/cafe%CC%81", token: token).status == 201)
        #expect(try await cloud.send(.delete, path + "/caf%C3%A9", token: token).status == 204)
        #expect(try await found("tags=cafe%CC%81") == ["accent", "decomposed"])
    }

    @Test("endpoints of the catalog refer to services and regions that exist")
    func endpoints() async throws {
        let cloud = try await Cloud()
        let token = try await cloud.adminToken()
        let service = JSONValue.text(try await cloud.id(of: "placement", in: "services"))
        func create(_ change: (inout [JSONValue.Member]) -> Void) async throws -> Cloud.Answer {
            var members: [JSONValue.Member] = [
                .init("service_id", service), .init("interface", "public"), .init("url", "http://127.0.0.1/p"),
                .init("region_id", "RegionOne"), .init("enabled", true),
            ]
            change(&members)
            return try await cloud.send(.post, "/v3/endpoints", ["endpoint": .object(members)], token: token)
        }
        let made = try await create { _ in }
        #expect(made.status == 201)
        #expect(made["endpoint", "region"] == "RegionOne" && made["endpoint", "region_id"] == "RegionOne")
        #expect(try await create { $0[0] = .init("service_id", "nothing") }.status == 400)
        #expect(try await create { $0[3] = .init("region_id", "nowhere") }.status == 400)
        #expect(try await create { $0[1] = .init("interface", "secret") }.status == 400)
        #expect(try await create { $0[2] = .init("url", "http://127.0.0.1/%(nothing)s") }.status == 400)
        #expect(try await create { $0[3] = .init("region", "South") }["endpoint", "region_id"] == "South")
        #expect(try await cloud.send(.put, "/v3/regions/West", ["region": [:]], token: token).status == 201)
        #expect(try await cloud.send(.delete, "/v3/regions/RegionOne", token: token).status == 403)
    }
}
