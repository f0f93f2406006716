import API
import HTTPTypes
import Identity
import Model
import TestStore
import Testing

@Suite("Application credentials", .everyEngine)
struct CredentialTests {
    private func body(_ id: String, _ secret: String) -> JSONValue {
        [
            "auth": [
                "identity": [
                    "methods": ["application_credential"],
                    "application_credential": ["id": .text(id), "secret": .text(secret)],
                ]
            ]
        ]
    }

    /// As the command line client asks for one.
    private func create(_ cloud: Cloud, _ token: String, _ more: JSONValue = [:]) async throws -> Cloud.Answer {
        let demo = try await cloud.id(of: "demo", in: "users")
        var members: [JSONValue.Member] = [
            .init("name", "ci"), .init("secret", nil), .init("expires_at", nil), .init("roles", []),
            .init("access_rules", []), .init("unrestricted", false), .init("description", nil),
        ]
        if case .object(let others) = more {
            for other in others {
                members.removeAll { $0.name == other.name }
                members.append(other)
            }
        }
        return try await cloud.send(
            .post, "/v3/users/\(demo)/application_credentials", ["application_credential": .object(members)],
            token: token)
    }

    @Test("one gets a token for its project with its roles, until it is deleted")
    func life() async throws {
        let cloud = try await Cloud()
        let demo = try await cloud.demoToken()
        let created = try await create(cloud, demo)
        #expect(created.status == 201)
        let (id, secret) = (
            try created.text("application_credential", "id"), try created.text("application_credential", "secret")
        )
        #expect(secret.utf8.count == 64)
        #expect(try created.text("application_credential", "roles", 0, "name") == "member")
        let signedIn = try await cloud.send(.post, "/v3/auth/tokens", body(id, secret))
        #expect(signedIn.status == 201)
        #expect(signedIn["token", "methods"] == ["application_credential"])
        #expect(try signedIn.text("token", "project", "name") == "demo")
        #expect(try signedIn.text("token", "application_credential", "name") == "ci")
        #expect(signedIn["token", "application_credential", "restricted"] == true)
        let token = try #require(signedIn.headers[.subjectToken])
        #expect(try await create(cloud, token, ["name": "another"]).status == 403)
        let path = "/v3/users/\(try signedIn.text("token", "user", "id"))/application_credentials"
        let shown = try await cloud.send(.get, "\(path)/\(id)", token: demo)
        #expect(shown.status == 200 && shown["application_credential", "secret"] == nil)
        let listed = try await cloud.send(.get, path + "?name=ci", token: demo)
        #expect(listed.texts("application_credentials", "id") == [id])
        #expect(try await cloud.send(.delete, "\(path)/\(id)", token: token).status == 403)
        #expect(try await cloud.send(.delete, "\(path)/\(id)", token: demo).status == 204)
        #expect(try await cloud.send(.get, "\(path)/\(id)", token: demo).status == 404)
        #expect(try await cloud.send(.post, "/v3/auth/tokens", body(id, secret)).status == 401)
        #expect(try await cloud.send(.get, "/v3/auth/projects", token: token).status == 401)
    }

    @Test("by name and user, with a secret of one's own, a shorter life and a role of the token's")
    func byName() async throws {
        let cloud = try await Cloud()
        let created = try await create(
            cloud, try await cloud.demoToken(),
            [
                "secret": "my own", "expires_at": "2026-09-21T14:30:00", "roles": [["name": "reader"]],
                "unrestricted": true,
            ])
        #expect(created.status == 201, "\(created.shown)")
        #expect(try created.text("application_credential", "expires_at") == "2026-09-21T14:30:00.000000")
        var auth: JSONValue = [
            "auth": [
                "identity": [
                    "methods": ["application_credential"],
                    "application_credential": [
                        "name": "ci", "user": ["name": "demo", "domain": ["name": "Default"]], "secret": "my own",
                    ],
                ]
            ]
        ]
        let signedIn = try await cloud.send(.post, "/v3/auth/tokens", auth)
        #expect(signedIn.status == 201)
        #expect(try signedIn.text("token", "expires_at") == "2026-09-21T14:30:00.000000Z")
        #expect(signedIn["token", "roles", 1] == nil)
        #expect(try signedIn.text("token", "roles", 0, "name") == "reader")
        cloud.clock.advance(by: .seconds(7200))
        #expect(try await cloud.send(.post, "/v3/auth/tokens", auth).status == 401)
        auth = ["auth": ["identity": try #require(auth["auth"]?["identity"]), "scope": Cloud.project("demo")]]
        #expect(try await cloud.send(.post, "/v3/auth/tokens", auth).status == 401)
    }

    @Test("what cannot be given is refused")
    func refused() async throws {
        let cloud = try await Cloud()
        let demo = try await cloud.demoToken()
        #expect(try await create(cloud, demo, ["roles": [["name": "admin"]]]).status == 400)
        #expect(try await create(cloud, demo, ["expires_at": "2020-01-01T00:00:00"]).status == 400)
        #expect(try await create(cloud, demo, ["expires_at": "soon"]).status == 400)
        #expect(try await create(cloud, demo, ["access_rules": [["path": "v2"]]]).status == 400)
        #expect(try await create(cloud, try await cloud.adminToken()).status == 403)
        #expect(try await create(cloud, demo).status == 201)
        #expect(try await create(cloud, demo).status == 409)
    }

    @Test("access rules go with the token to who heeds them, and nobody else takes it")
    func rules() async throws {
        let cloud = try await Cloud()
        let demo = try await cloud.demoToken()
        let created = try await create(
            cloud, demo,
            ["access_rules": [["path": "/v2/devices", "method": "GET", "service": "accelerator"]]])
        #expect(created.status == 201)
        let (id, secret) = (
            try created.text("application_credential", "id"), try created.text("application_credential", "secret")
        )
        let token = try #require(
            try await cloud.send(.post, "/v3/auth/tokens", body(id, secret)).headers[.subjectToken])
        let nova = try await cloud.serviceToken()
        #expect(try await cloud.validate(token, by: nova).status == 404)
        let heeded = try await cloud.send(
            .get, "/v3/auth/tokens", token: nova,
            headers: ["X-Subject-Token": token, "OpenStack-Identity-Access-Rules": "1"])
        #expect(try heeded.text("token", "application_credential", "access_rules", 0, "path") == "/v2/devices")
        #expect(try await cloud.send(.get, "/v3/auth/projects", token: token).status == 401)
        let user = try heeded.text("token", "user", "id")
        let rules = try await cloud.send(.get, "/v3/users/\(user)/access_rules", token: demo)
        let rule = try #require(rules.texts("access_rules", "id").first)
        #expect(try await cloud.send(.delete, "/v3/users/\(user)/access_rules/\(rule)", token: demo).status == 403)
        try await cloud.send(.delete, "/v3/users/\(user)/application_credentials/\(id)", token: demo)
        #expect(try await cloud.send(.delete, "/v3/users/\(user)/access_rules/\(rule)", token: demo).status == 204)
    }

    /// The ground of a credential that demo's token makes, how it is taken away, and how it is given back.
    enum Loss: String, CaseIterable, Sendable {
        case userDisabled, grantTaken, groupLeft, groupDeleted, groupGrantTaken, roleDeleted, oneOfTwoRolesDeleted
        case roleNoLongerImplied
    }

    @Test("one whose ground goes is gone for good, and does not come back with the ground", arguments: Loss.allCases)
    func lostGround(loss: Loss) async throws {
        let cloud = try await Cloud()
        let admin = try await cloud.adminToken()
        let demo = try await cloud.id(of: "demo", in: "users")
        let project = try await cloud.id(of: "demo", in: "projects")
        func send(_ method: HTTPRequest.Method, _ path: String, _ body: JSONValue? = nil) async throws -> Cloud.Answer {
            let answer = try await cloud.send(method, path, body, token: admin)
            #expect(answer.status < 300, "\(method) \(path): \(answer.shown)")
            return answer
        }
        let extra = try await send(.post, "/v3/roles", ["role": ["name": "extra"]]).text("role", "id")
        let member = try await cloud.id(of: "member", in: "roles")
        let group = try await send(.post, "/v3/groups", ["group": ["name": "g", "domain_id": "default"]]).text(
            "group", "id")
        let (own, ofGroup) = (
            "/v3/projects/\(project)/users/\(demo)/roles/\(extra)",
            "/v3/projects/\(project)/groups/\(group)/roles/\(extra)"
        )
        let (membership, implication) = ("/v3/groups/\(group)/users/\(demo)", "/v3/roles/\(member)/implies/\(extra)")
        switch loss {
        case .groupLeft, .groupDeleted, .groupGrantTaken:
            _ = try await send(.put, ofGroup)
            _ = try await send(.put, membership)
        case .roleNoLongerImplied: _ = try await send(.put, implication)
        default: _ = try await send(.put, own)
        }
        let roles: JSONValue =
            loss == .oneOfTwoRolesDeleted ? [["name": "member"], ["name": "extra"]] : [["name": "extra"]]
        let created = try await create(cloud, try await cloud.demoToken(), ["roles": roles])
        let (id, secret) = (
            try created.text("application_credential", "id"), try created.text("application_credential", "secret")
        )
        let untouched = try await create(
            cloud, try await cloud.demoToken(), ["name": "other", "roles": [["name": "member"]]])
        let signedIn = try await cloud.send(.post, "/v3/auth/tokens", body(id, secret))
        #expect(signedIn.status == 201)

        cloud.clock.advance(by: .seconds(1))
        switch loss {
        case .userDisabled: _ = try await send(.patch, "/v3/users/\(demo)", ["user": ["enabled": false]])
        case .grantTaken: _ = try await send(.delete, own)
        case .groupLeft: _ = try await send(.delete, membership)
        case .groupDeleted: _ = try await send(.delete, "/v3/groups/\(group)")
        case .groupGrantTaken: _ = try await send(.delete, ofGroup)
        case .roleDeleted, .oneOfTwoRolesDeleted: _ = try await send(.delete, "/v3/roles/\(extra)")
        case .roleNoLongerImplied: _ = try await send(.delete, implication)
        }
        #expect(try await cloud.send(.post, "/v3/auth/tokens", body(id, secret)).status == 401)
        let token = try #require(signedIn.headers[.subjectToken])
        #expect(try await cloud.send(.get, "/v3/auth/projects", token: token).status == 401)

        cloud.clock.advance(by: .seconds(1))
        switch loss {
        case .userDisabled: _ = try await send(.patch, "/v3/users/\(demo)", ["user": ["enabled": true]])
        case .grantTaken: _ = try await send(.put, own)
        case .groupLeft: _ = try await send(.put, membership)
        case .groupDeleted: break
        case .groupGrantTaken: _ = try await send(.put, ofGroup)
        case .roleDeleted, .oneOfTwoRolesDeleted: break
        case .roleNoLongerImplied: _ = try await send(.put, implication)
        }
        #expect(try await cloud.send(.post, "/v3/auth/tokens", body(id, secret)).status == 401)
        cloud.clock.advance(by: .seconds(1))
        let listed = try await cloud.send(
            .get, "/v3/users/\(demo)/application_credentials", token: try await cloud.demoToken())
        let other = try untouched.text("application_credential", "id")
        #expect(listed.texts("application_credentials", "id") == (loss == .userDisabled ? [] : [other]))
    }
}
