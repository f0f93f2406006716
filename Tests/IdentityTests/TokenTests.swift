import API
import HTTPTypes
import Identity
import Model
import TestStore
import Testing

@Suite("Tokens", .everyEngine)
struct TokenTests {
    @Test("discovery needs no token and links to the address the client used")
    func discovery() async throws {
        let cloud = try await Cloud()
        let root = try await cloud.send(.get, "/")
        #expect(root.status == 300)
        #expect(root.headers[.location] == "http://127.0.0.1/identity/v3/")
        #expect(try root.text("versions", "values", 0, "id") == "v3.14")
        for path in ["/v3", "/v3/"] {
            let version = try await cloud.send(.get, path)
            #expect(version.status == 200)
            #expect(try version.text("version", "links", 0, "href") == "http://127.0.0.1/identity/v3/")
        }
    }

    @Test("a password gets a token for a project, with its roles and the catalog")
    func projectToken() async throws {
        let cloud = try await Cloud()
        let answer = try await cloud.signIn("admin", Cloud.adminPassword, scope: Cloud.project("admin"))
        #expect(answer.status == 201)
        let token = try #require(answer.headers[.subjectToken])
        #expect(token.utf8.count <= 255)
        #expect(answer["token", "methods"] == ["password"])
        #expect(try answer.text("token", "user", "name") == "admin")
        #expect(try answer.text("token", "user", "domain", "name") == "Default")
        #expect(try answer.text("token", "project", "name") == "admin")
        #expect(answer["token", "is_domain"] == false)
        #expect(try names(answer["token", "roles"]) == ["admin", "manager", "member", "reader"])
        #expect(try answer.text("token", "expires_at").hasSuffix("Z"))
        let catalog = try #require(answer["token", "catalog"])
        #expect(try names(catalog) == ["keystone", "swift", "placement"])
        guard case .array(let services) = catalog,
            case .text(let url)? = services[1]["endpoints"].flatMap({ 0.down($0) })?["url"]
        else { throw Cloud.Missing(path: "url", body: answer.shown) }
        #expect(url == "http://127.0.0.1/v1/AUTH_\(cloud.ids.adminProject)")
    }

    @Test("every scope that the user may have, and none that they may not")
    func scopes() async throws {
        let cloud = try await Cloud()
        let system = try await cloud.signIn("admin", Cloud.adminPassword, scope: ["system": ["all": true]])
        #expect(system.status == 201)
        #expect(system["token", "system", "all"] == true)
        let unscoped = try await cloud.signIn("demo", Cloud.demoPassword, scope: "unscoped")
        #expect(unscoped.status == 201)
        #expect(unscoped["token", "roles"] == nil && unscoped["token", "catalog"] == nil)
        let byDefault = try await cloud.signIn("demo", Cloud.demoPassword, scope: nil)
        #expect(try byDefault.text("token", "project", "name") == "demo")
        for scope: JSONValue in [
            ["system": ["all": true]], ["domain": ["id": "default"]], Cloud.project("admin"), Cloud.project("nowhere"),
        ] {
            let refused = try await cloud.signIn("demo", Cloud.demoPassword, scope: scope)
            #expect(refused.status == 401)
            #expect(refused.message == "The request you have made requires authentication.")
            #expect(refused.headers[.wwwAuthenticate] == "Keystone uri=\"http://127.0.0.1/identity\"")
        }
    }

    @Test(
        "what is no proof is refused alike",
        arguments: [
            ("admin", "wrong"), ("nobody", "wrong"), ("demo", ""), ("demo", String(repeating: "x", count: 5000)),
        ])
    func wrong(user: String, password: String) async throws {
        let answer = try await Cloud().signIn(user, password, scope: nil)
        #expect(answer.status == 401)
        #expect(answer.message == "The request you have made requires authentication.")
    }

    @Test(
        "bodies of another form are 400 and say where",
        arguments: [
            [:], ["auth": [:]], ["auth": ["identity": ["methods": []]]],
            ["auth": ["identity": ["methods": ["password"]]]],
            ["auth": ["identity": ["methods": ["password"], "password": ["user": ["name": "x", "password": "y"]]]]],
            ["auth": ["identity": ["methods": ["token"], "token": ["id": "x"]], "scope": ["galaxy": [:]]]],
            [
                "auth": [
                    "identity": ["methods": ["token"], "token": ["id": "x"]],
                    "scope": ["system": ["all": true], "domain": ["id": "default"]],
                ]
            ],
        ] as [JSONValue])
    func malformed(body: JSONValue) async throws {
        let answer = try await Cloud().send(.post, "/v3/auth/tokens", body)
        #expect(answer.status == 400)
        #expect(answer["error", "title"] == "Bad Request")
        #expect(!answer.message.isEmpty)
    }

    @Test("a service validates a user's token; the user validates their own; others may not")
    func validation() async throws {
        let cloud = try await Cloud()
        let (admin, demo, nova) = (
            try await cloud.adminToken(), try await cloud.demoToken(), try await cloud.serviceToken()
        )
        for asker in [nova, demo, admin] {
            let answer = try await cloud.validate(demo, by: asker)
            #expect(answer.status == 200)
            #expect(answer.headers[.subjectToken] == demo)
            #expect(try answer.text("token", "user", "name") == "demo")
            #expect(answer["token", "catalog"] != nil)
        }
        #expect(try await cloud.validate(demo, by: nova, query: "?nocatalog")["token", "catalog"] == nil)
        #expect(try await cloud.validate(admin, by: demo).status == 403)
        #expect(try await cloud.validate("gAAAAAnonsense", by: nova).status == 404)
        #expect(try await cloud.validate(demo, by: "gAAAAAnonsense").status == 401)
        let head = try await cloud.send(.head, "/v3/auth/tokens", token: admin, headers: ["X-Subject-Token": demo])
        #expect(head.status == 200 && head.body == .null)
    }

    @Test("an expired token is gone, but for a service that asks for expired ones")
    func expiry() async throws {
        let cloud = try await Cloud()
        let demo = try await cloud.demoToken()
        cloud.clock.advance(by: .seconds(3601))
        let nova = try await cloud.serviceToken()
        #expect(try await cloud.validate(demo, by: nova).status == 404)
        #expect(try await cloud.validate(demo, by: nova, query: "?allow_expired=1").status == 200)
        cloud.clock.advance(by: .seconds(172_800))
        let later = try await cloud.serviceToken()
        #expect(try await cloud.validate(demo, by: later, query: "?allow_expired=1").status == 404)
    }

    @Test("a token exchanged for another keeps its end and its chain, and goes when the first one is revoked")
    func rescoping() async throws {
        let cloud = try await Cloud()
        let first = try await cloud.token("admin", Cloud.adminPassword, scope: "unscoped")
        let end = try await cloud.validate(first, by: first).text("token", "expires_at")
        cloud.clock.advance(by: .seconds(60))
        let exchanged = try await cloud.send(
            .post, "/v3/auth/tokens",
            [
                "auth": [
                    "identity": ["methods": ["token"], "token": ["id": .text(first)]], "scope": Cloud.project("admin"),
                ]
            ])
        #expect(exchanged.status == 201)
        let second = try #require(exchanged.headers[.subjectToken])
        #expect(try exchanged.text("token", "expires_at") == end)
        #expect(exchanged["token", "methods"] == ["password", "token"])
        let chain = try await cloud.validate(first, by: first).text("token", "audit_ids", 0)
        #expect(try exchanged.text("token", "audit_ids", 1) == chain)
        let other = try await cloud.adminToken()
        let revoked = try await cloud.send(
            .delete, "/v3/auth/tokens", token: other, headers: ["X-Subject-Token": first])
        #expect(revoked.status == 204)
        #expect(try await cloud.send(.get, "/v3/users", token: second).status == 401)
        #expect(try await cloud.validate(second, by: other).status == 404)
        #expect(try await cloud.send(.get, "/v3/users", token: other).status == 200)
    }

    @Test("what was got by a revoked token goes with it, however far down, and what it was got by stays")
    func chain() async throws {
        let cloud = try await Cloud()
        let first = try await cloud.token("admin", Cloud.adminPassword, scope: "unscoped")
        let path: JSONValue = Cloud.project("admin")
        func exchange(_ token: String) async throws -> Cloud.Answer {
            cloud.clock.advance(by: .seconds(1))
            return try await cloud.send(
                .post, "/v3/auth/tokens",
                ["auth": ["identity": ["methods": ["token"], "token": ["id": .text(token)]], "scope": path]])
        }
        var tokens = [first]
        for _ in 1...7 {
            let answer = try await exchange(tokens[tokens.count - 1])
            #expect(answer.status == 201)
            let own = try await cloud.validate(first, by: first).text("token", "audit_ids", 0)
            #expect(try answer.text("token", "audit_ids", 1) == own)
            #expect(answer["token", "audit_ids", 2] == nil)
            tokens.append(try #require(answer.headers[.subjectToken]))
        }
        let eighth = try await exchange(tokens[7])
        #expect(eighth.status == 403 && eighth.message.contains("authenticate again"))
        let other = try await cloud.adminToken()
        let revoked = try await cloud.send(
            .delete, "/v3/auth/tokens", token: other, headers: ["X-Subject-Token": tokens[3]])
        #expect(revoked.status == 204)
        for (index, token) in tokens.enumerated() {
            #expect(try await cloud.validate(token, by: other).status == (index < 3 ? 200 : 404), "token \(index)")
        }
        let spared = try await cloud.send(
            .delete, "/v3/auth/tokens?cascade=false", token: other, headers: ["X-Subject-Token": tokens[1]])
        #expect(spared.status == 204)
        #expect(try await cloud.validate(tokens[1], by: other).status == 404)
        #expect(try await cloud.validate(tokens[2], by: other).status == 200)
    }

    @Test("a service token without the role service is refused")
    func serviceToken() async throws {
        let cloud = try await Cloud()
        let (demo, nova) = (try await cloud.demoToken(), try await cloud.serviceToken())
        func ask(_ service: String) async throws -> Cloud.Answer {
            try await cloud.send(.get, "/v3/auth/projects", token: demo, headers: ["X-Service-Token": service])
        }
        #expect(try await ask(nova).status == 200)
        let refused = try await ask(demo)
        #expect(refused.status == 401 && refused.headers[.wwwAuthenticate] != nil)
    }

    @Test(
        "a password in the wrong place does not come back",
        arguments: [
            ["auth": "hunter22"], ["auth": ["identity": "hunter22"]],
            ["auth": ["identity": ["methods": ["password"], "password": "hunter22"]]],
            ["auth": ["identity": ["methods": ["password"], "password": ["user": "hunter22"]]]],
            [
                "auth": [
                    "identity": [
                        "methods": ["password"], "password": ["user": ["name": "x", "password": ["hunter22"]]],
                    ]
                ]
            ],
            ["auth": ["identity": ["methods": ["token"], "token": ["id": ["hunter22"]]]]],
            ["auth": [["password": "hunter22"]]],
        ] as [JSONValue])
    func secrets(body: JSONValue) async throws {
        let cloud = try await Cloud()
        let answer = try await cloud.send(.post, "/v3/auth/tokens", body)
        #expect(answer.status == 400 && !answer.message.isEmpty)
        #expect(!answer.shown.contains("hunter22"), "\(answer.shown)")
        let token = try await cloud.adminToken()
        let long = JSONValue.text(String(repeating: "hunter22", count: 1000))
        for user: JSONValue in [
            ["name": "x", "password": long], ["name": "x", "password": ["hunter22"]],
            ["name": ["password": "hunter22"]], [["name": "x", "password": "hunter22"]],
        ] {
            let made = try await cloud.send(.post, "/v3/users", ["user": user], token: token)
            #expect(made.status == 400 && !made.shown.contains("hunter22"), "\(made.shown)")
        }
        let own = try await cloud.send(
            .post, "/v3/users/\(cloud.ids.admin)/password",
            ["user": ["original_password": ["hunter22"], "password": "x"]])
        #expect(own.status == 400 && !own.shown.contains("hunter22"))
    }

    @Test("a revoked token is refused at once, cached or not")
    func revocation() async throws {
        let cloud = try await Cloud()
        let token = try await cloud.adminToken()
        #expect(try await cloud.send(.get, "/v3/users", token: token).status == 200)
        let answer = try await cloud.send(.delete, "/v3/auth/tokens", token: token, headers: ["X-Subject-Token": token])
        #expect(answer.status == 204)
        #expect(try await cloud.send(.get, "/v3/users", token: token).status == 401)
    }

    @Test("what is open to a token")
    func open() async throws {
        let cloud = try await Cloud()
        let token = try await cloud.demoToken()
        let projects = try await cloud.send(.get, "/v3/auth/projects", token: token)
        #expect(projects.texts("projects", "name") == ["demo"])
        #expect(try await cloud.send(.get, "/v3/auth/domains", token: token)["domains"] == [])
        #expect(try await cloud.send(.get, "/v3/auth/system", token: token)["system"] == [])
        #expect(try await cloud.send(.get, "/v3/auth/catalog", token: token).texts("catalog", "type").count == 3)
        let admin = try await cloud.adminToken()
        #expect(try await cloud.send(.get, "/v3/auth/system", token: admin)["system", 0, "all"] == true)
    }

    private func names(_ list: JSONValue?) throws -> [String] {
        guard case .array(let elements)? = list else { return [] }
        return elements.compactMap { if case .text(let name)? = $0["name"] { name } else { nil } }
    }
}
