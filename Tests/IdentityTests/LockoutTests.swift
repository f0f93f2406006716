import API
import HTTPTypes
import Identity
import Model
import TestStore
import Testing

@Suite("Lock-out", .everyEngine)
struct LockoutTests {
    private static let here = "192.0.2.1"
    private static let there = "198.51.100.7"

    private func cloud(_ attempts: Int = 3) async throws -> Cloud {
        try await Cloud { $0.lockout = .init(attempts: attempts, duration: .seconds(600)) }
    }

    private func fail(_ cloud: Cloud, _ user: String, _ times: Int, from address: String = here) async throws {
        for _ in 0..<times {
            #expect(try await cloud.signIn(user, "wrong", scope: nil, from: address).status == 401)
        }
    }

    @Test("shuts an account for the source of the guesses and for no other")
    func perSource() async throws {
        let cloud = try await cloud()
        try await fail(cloud, "demo", 5)
        #expect(try await cloud.signIn("demo", Cloud.demoPassword, scope: nil, from: Self.here).status == 401)
        #expect(try await cloud.signIn("demo", Cloud.demoPassword, scope: nil, from: Self.there).status == 201)
        #expect(try await cloud.signIn("demo", Cloud.demoPassword, scope: nil, from: Self.here).status == 401)
        cloud.clock.advance(by: .seconds(601))
        #expect(try await cloud.signIn("demo", Cloud.demoPassword, scope: nil, from: Self.here).status == 201)
    }

    @Test("changing the password by the old one is a guess, too")
    func ownPassword() async throws {
        let cloud = try await cloud()
        let demo = try await cloud.id(of: "demo", in: "users")
        for _ in 0..<3 {
            let answer = try await cloud.send(
                .post, "/v3/users/\(demo)/password", ["user": ["original_password": "wrong", "password": "new one"]],
                from: Self.here)
            #expect(answer.status == 401)
        }
        #expect(try await cloud.signIn("demo", Cloud.demoPassword, scope: nil, from: Self.here).status == 401)
    }

    @Test("delays accounts of the deployment, and never shuts them", arguments: ["admin", "nova"])
    func deployment(user: String) async throws {
        let cloud = try await cloud()
        let password = user == "admin" ? Cloud.adminPassword : Cloud.servicePassword
        try await fail(cloud, user, 3)
        #expect(cloud.pauses.taken.isEmpty)
        try await fail(cloud, user, 5)
        #expect(cloud.pauses.taken == [1, 2, 4, 8, 8].map(Duration.seconds))
        #expect(try await cloud.signIn(user, password, scope: nil, from: Self.here).status == 201)
        #expect(cloud.pauses.taken.count == 6)
        // The right one begins anew.
        try await fail(cloud, user, 3)
        #expect(cloud.pauses.taken.count == 6)
        cloud.clock.advance(by: .seconds(100))
        #expect(try await cloud.signIn(user, password, scope: nil, from: Self.here).status == 201)
        #expect(cloud.pauses.taken.count == 6, "who comes later than the delay does not wait")
    }

    @Test("a role that comes by a group or is implied makes it an account of the deployment")
    func deploymentThroughGroup() async throws {
        let cloud = try await cloud()
        let admin = try await cloud.adminToken()
        let group = try await cloud.send(
            .post, "/v3/groups", ["group": ["name": "ops", "domain_id": "default"]], token: admin
        ).text("group", "id")
        let demo = try await cloud.id(of: "demo", in: "users")
        let project = try await cloud.id(of: "demo", in: "projects")
        let role = try await cloud.id(of: "admin", in: "roles")
        for path in ["/v3/groups/\(group)/users/\(demo)", "/v3/projects/\(project)/groups/\(group)/roles/\(role)"] {
            #expect(try await cloud.send(.put, path, token: admin).status == 204)
        }
        try await fail(cloud, "demo", 4)
        #expect(cloud.pauses.taken == [.seconds(1)])
        #expect(try await cloud.signIn("demo", Cloud.demoPassword, scope: nil, from: Self.here).status == 201)
    }

    @Test("many guesses at once are counted like as many one after another", arguments: ["demo", "admin"])
    func atOnce(user: String) async throws {
        let cloud = try await cloud(5)
        let password = user == "admin" ? Cloud.adminPassword : Cloud.demoPassword
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<60 {
                group.addTask { try await cloud.signIn(user, "wrong", scope: nil, from: Self.here).status }
            }
            return try await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(statuses.allSatisfy { $0 == 401 || $0 == 429 || $0 == 503 })
        let locks = try await cloud.identity.locks()
        let lock = try #require(locks.first { $0.source == Self.here })
        #expect(lock.userName == user && lock.isDelayed == (user == "admin"))
        if user == "demo" { #expect(lock.failures == 5, "no guess beyond those that are free") }
        let after = try await cloud.signIn(user, password, scope: nil, from: Self.here).status
        #expect(after == (user == "admin" ? 201 : 401))
        // Guesses at an account that is delayed are made one after the other, each after its pause.
        if user == "admin" { #expect(cloud.pauses.taken.count >= lock.failures - 5) }
    }

    @Test("many right ones at once are all right")
    func rightAtOnce() async throws {
        let cloud = try await cloud(2)
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<30 {
                group.addTask {
                    try await cloud.signIn("demo", Cloud.demoPassword, scope: nil, from: Self.here).status
                }
            }
            for try await status in group { #expect(status == 201) }
        }
    }

    @Test("guesses from very many sources shut those that the account does not know, and leave the others alone")
    func manySources() async throws {
        let cloud = try await cloud(2)
        #expect(try await cloud.signIn("demo", Cloud.demoPassword, scope: nil, from: Self.here).status == 201)
        for number in 1...10 { try await fail(cloud, "demo", 2, from: "203.0.113.\(number)") }
        #expect(try await cloud.signIn("demo", Cloud.demoPassword, scope: nil, from: Self.there).status == 401)
        #expect(try await cloud.signIn("demo", Cloud.demoPassword, scope: nil, from: Self.here).status == 201)
        #expect(try await cloud.identity.locks().contains { $0.source == nil && $0.userName == "demo" })
        cloud.clock.advance(by: .seconds(601))
        #expect(try await cloud.signIn("demo", Cloud.demoPassword, scope: nil, from: Self.there).status == 201)
    }

    @Test("one source that never stops shuts only itself out")
    func stubborn() async throws {
        let cloud = try await cloud(2)
        for _ in 0..<30 {
            try await fail(cloud, "demo", 2)
            cloud.clock.advance(by: .seconds(590))
            try await fail(cloud, "demo", 1)
            cloud.clock.advance(by: .seconds(590))
        }
        #expect(try await cloud.signIn("demo", Cloud.demoPassword, scope: nil, from: Self.there).status == 201)
    }

    @Test("hosts of one IPv6 network are one source")
    func network() async throws {
        let cloud = try await cloud()
        for host in 1...3 { try await fail(cloud, "demo", 1, from: "2001:db8:0:1::\(host)") }
        let same = try await cloud.signIn("demo", Cloud.demoPassword, scope: nil, from: "2001:db8:0:1::ffff")
        #expect(same.status == 401)
        let other = try await cloud.signIn("demo", Cloud.demoPassword, scope: nil, from: "2001:db8:0:2::1")
        #expect(other.status == 201)
    }

    @Test("secrets of application credentials are counted apart from the password")
    func credentials() async throws {
        let cloud = try await cloud()
        let demo = try await cloud.id(of: "demo", in: "users")
        let made = try await cloud.send(
            .post, "/v3/users/\(demo)/application_credentials",
            ["application_credential": ["name": "ci", "secret": "short"]], token: try await cloud.demoToken())
        func signIn(_ secret: String) async throws -> Int {
            let id = try made.text("application_credential", "id")
            return try await cloud.send(
                .post, "/v3/auth/tokens",
                [
                    "auth": [
                        "identity": [
                            "methods": ["application_credential"],
                            "application_credential": ["id": .text(id), "secret": .text(secret)],
                        ]
                    ]
                ], from: Self.here
            ).status
        }
        #expect(try await signIn("short") == 201)
        for _ in 0..<3 { #expect(try await signIn("wrong") == 401) }
        #expect(try await signIn("short") == 401)
        #expect(try await cloud.signIn("demo", Cloud.demoPassword, scope: nil, from: Self.here).status == 201)
        let locked = try await cloud.identity.locks().compactMap(\.credential)
        #expect(locked == [ApplicationCredentialID(try made.text("application_credential", "id"))])
    }

    @Test("is shown, and lifted by name; another password lifts it, too")
    func lifted() async throws {
        let cloud = try await cloud()
        #expect(try await cloud.identity.locks().isEmpty)
        try await fail(cloud, "demo", 3)
        let lock = try #require(try await cloud.identity.locks().first)
        #expect(lock.userName == "demo" && lock.domainName == "Default" && lock.source == Self.here)
        #expect(lock.failures == 3 && !lock.isDelayed && lock.credential == nil)
        #expect(lock.until == cloud.clock.source.now() + .seconds(600))
        #expect(try await cloud.identity.unlock("demo", domain: "default") == 2, "its source, and all unknown ones")
        #expect(try await cloud.identity.unlock("demo", domain: "Default") == 0)
        #expect(try await cloud.identity.locks().isEmpty)
        #expect(try await cloud.signIn("demo", Cloud.demoPassword, scope: nil, from: Self.here).status == 201)
        await #expect(throws: Fault.self) { try await cloud.identity.unlock("nobody", domain: "default") }
        try await fail(cloud, "demo", 3)
        let path = "/v3/users/\(try await cloud.id(of: "demo", in: "users"))"
        let set = try await cloud.send(
            .patch, path, ["user": ["password": "set anew"]], token: try await cloud.adminToken())
        #expect(set.status == 200)
        cloud.clock.advance(by: .seconds(1))
        #expect(try await cloud.signIn("demo", "set anew", scope: nil, from: Self.here).status == 201)
    }

    @Test("a lost administrator comes back by a command")
    func reset() async throws {
        let cloud = try await cloud()
        let token = try await cloud.adminToken()
        try await fail(cloud, "admin", 4)
        let path = "/v3/users/\(try await cloud.id(of: "admin", in: "users"))"
        #expect(try await cloud.send(.patch, path, ["user": ["enabled": false]], token: token).status == 200)
        cloud.clock.advance(by: .seconds(1))
        let done = try await cloud.identity.resetPassword(of: "admin", domain: "default", to: Secret("found again"))
        #expect(done.user == cloud.ids.admin && done.wasDisabled && !done.needsMoreThanPassword)
        #expect(try await cloud.identity.locks().isEmpty)
        #expect(try await cloud.send(.get, "/v3/users", token: token).status == 401)
        cloud.clock.advance(by: .seconds(1))
        let back = try await cloud.signIn("admin", "found again", scope: Cloud.project("admin"), from: Self.here)
        #expect(back.status == 201)
        #expect(try await cloud.signIn("admin", Cloud.adminPassword, scope: nil, from: Self.here).status == 401)
        await #expect(throws: Fault.self) {
            try await cloud.identity.resetPassword(of: "admin", domain: "nowhere", to: Secret("found again"))
        }
    }
}
