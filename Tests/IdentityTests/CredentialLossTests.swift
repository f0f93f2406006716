import API
import HTTPTypes
import Identity
import Model
import TestStore
import Testing

/// An application credential whose user lost what it carries is gone for good.
@Suite("Application credentials whose roles are lost", .everyEngine)
struct CredentialLossTests {
    /// The user `demo` with two roles on its project, `member` directly and `extra` by the way that a test takes from it, and
    /// a credential that carries both.
    private struct Stage {
        let cloud: Cloud
        let admin: String
        let user: String
        let project: String
        let extra: String

        init() async throws {
            cloud = try await Cloud()
            admin = try await cloud.adminToken()
            user = try await cloud.id(of: "demo", in: "users")
            project = try await cloud.id(of: "demo", in: "projects")
            extra = try await cloud.send(.post, "/v3/roles", ["role": ["name": "extra"]], token: admin).text(
                "role", "id")
        }

        func does(_ method: HTTPRequest.Method, _ path: String, _ body: JSONValue? = nil) async throws {
            let answer = try await cloud.send(method, path, body, token: admin)
            #expect((200..<300).contains(answer.status), "\(method) \(path): \(answer.shown)")
        }

        /// Answers the credential's id and a body that signs in with it.
        func credential(_ roles: JSONValue = []) async throws -> (id: String, signIn: JSONValue) {
            let made = try await cloud.send(
                .post, "/v3/users/\(user)/application_credentials",
                ["application_credential": ["name": "ci", "roles": roles]], token: try await cloud.demoToken())
            let id = try made.text("application_credential", "id")
            let secret = try made.text("application_credential", "secret")
            return (
                id,
                [
                    "auth": [
                        "identity": [
                            "methods": ["application_credential"],
                            "application_credential": ["id": .text(id), "secret": .text(secret)],
                        ]
                    ]
                ]
            )
        }

        func isListed(_ id: String) async throws -> Bool {
            try await cloud.send(.get, "/v3/users/\(user)/application_credentials", token: admin)
                .texts("application_credentials", "id").contains(id)
        }
    }

    @Test("disabling a user deletes them; enabling it does not bring them back")
    func disabled() async throws {
        let stage = try await Stage()
        let (id, signIn) = try await stage.credential()
        #expect(try await stage.cloud.send(.post, "/v3/auth/tokens", signIn).status == 201)
        try await stage.does(.patch, "/v3/users/\(stage.user)", ["user": ["enabled": false]])
        #expect(try await !stage.isListed(id))
        stage.cloud.clock.advance(by: .seconds(1))
        try await stage.does(.patch, "/v3/users/\(stage.user)", ["user": ["enabled": true]])
        #expect(try await stage.cloud.send(.post, "/v3/auth/tokens", signIn).status == 401)
        #expect(try await stage.cloud.signIn("demo", Cloud.demoPassword, scope: nil).status == 201)
    }

    /// How the role `extra` is held and lost.
    enum Way: String, CaseIterable {
        case grant, groupGrant, membership, groupDeletion, inheritedGrant, roleDeletion, implication
    }

    @Test(
        "losing one of their roles deletes them, whichever way it was held; giving it back does not",
        arguments: Way.allCases)
    func lost(way: Way) async throws {
        let stage = try await Stage()
        let cloud = stage.cloud
        let group = try await cloud.send(
            .post, "/v3/groups", ["group": ["name": "some", "domain_id": "default"]], token: stage.admin
        ).text("group", "id")
        let direct = "/v3/projects/\(stage.project)/users/\(stage.user)/roles/\(stage.extra)"
        let grouped = "/v3/projects/\(stage.project)/groups/\(group)/roles/\(stage.extra)"
        let membership = "/v3/groups/\(group)/users/\(stage.user)"
        let inherited =
            "/v3/OS-INHERIT/domains/default/users/\(stage.user)/roles/\(stage.extra)/inherited_to_projects"
        let implied = "/v3/roles/\(try await cloud.id(of: "member", in: "roles"))/implies/\(stage.extra)"
        let (given, taken): ([String], String) =
            switch way {
            case .grant: ([direct], direct)
            case .groupGrant: ([grouped, membership], grouped)
            case .membership: ([grouped, membership], membership)
            case .groupDeletion: ([grouped, membership], "/v3/groups/\(group)")
            case .inheritedGrant: ([inherited], inherited)
            case .roleDeletion: ([direct], "/v3/roles/\(stage.extra)")
            case .implication: ([implied], implied)
            }
        for path in given { try await stage.does(.put, path) }
        let (id, signIn) = try await stage.credential([["name": "member"], ["name": "extra"]])
        let token = try #require(
            try await cloud.send(.post, "/v3/auth/tokens", signIn).headers[.subjectToken])
        try await stage.does(.delete, taken)
        #expect(try await !stage.isListed(id))
        if given.contains(taken) { try await stage.does(.put, taken) }
        #expect(try await cloud.send(.post, "/v3/auth/tokens", signIn).status == 401)
        #expect(try await cloud.send(.get, "/v3/auth/projects", token: token).status == 401)
    }

    @Test("one that carries another role, or whose role is still held another way, stays")
    func kept() async throws {
        let stage = try await Stage()
        let direct = "/v3/projects/\(stage.project)/users/\(stage.user)/roles/\(stage.extra)"
        let inherited =
            "/v3/OS-INHERIT/domains/default/users/\(stage.user)/roles/\(stage.extra)/inherited_to_projects"
        try await stage.does(.put, direct)
        try await stage.does(.put, inherited)
        let (id, signIn) = try await stage.credential([["name": "extra"]])
        try await stage.does(.delete, direct)
        #expect(try await stage.isListed(id))
        #expect(try await stage.cloud.send(.post, "/v3/auth/tokens", signIn).status == 201)
        let member = try await stage.cloud.id(of: "member", in: "roles")
        try await stage.does(.delete, "/v3/projects/\(stage.project)/users/\(stage.user)/roles/\(member)")
        #expect(try await stage.isListed(id))
        try await stage.does(.delete, inherited)
        #expect(try await !stage.isListed(id))
    }
}
