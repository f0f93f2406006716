import API
import HTTPTypes
import Identity
import Model
import TestStore
import Testing

@Suite("Passwords", .everyEngine)
struct PasswordTests {
    private func change(_ cloud: Cloud, from old: String, to new: String) async throws -> Cloud.Answer {
        let demo = try await cloud.id(of: "demo", in: "users")
        return try await cloud.send(
            .post, "/v3/users/\(demo)/password",
            ["user": ["original_password": .text(old), "password": .text(new)]])
    }

    @Test("a user changes their own, which ends the tokens they had")
    func own() async throws {
        let cloud = try await Cloud()
        let token = try await cloud.demoToken()
        cloud.clock.advance(by: .seconds(1))
        #expect(try await change(cloud, from: "wrong", to: "new one").status == 401)
        #expect(try await cloud.send(.get, "/v3/auth/projects", token: token).status == 200)
        #expect(try await change(cloud, from: Cloud.demoPassword, to: "new one").status == 204)
        #expect(try await cloud.send(.get, "/v3/auth/projects", token: token).status == 401)
        cloud.clock.advance(by: .seconds(1))
        #expect(try await cloud.signIn("demo", Cloud.demoPassword, scope: nil).status == 401)
        #expect(try await cloud.signIn("demo", "new one", scope: nil).status == 201)
    }

    @Test("too many wrong ones lock the account for a while, and nothing tells so")
    func lockout() async throws {
        let cloud = try await Cloud { $0.lockout = .init(attempts: 3, duration: .seconds(600)) }
        for _ in 0..<3 { #expect(try await cloud.signIn("demo", "wrong", scope: nil).status == 401) }
        let locked = try await cloud.signIn("demo", Cloud.demoPassword, scope: nil)
        #expect(locked.status == 401)
        #expect(locked.message == "The request you have made requires authentication.")
        cloud.clock.advance(by: .seconds(601))
        #expect(try await cloud.signIn("demo", Cloud.demoPassword, scope: nil).status == 201)
        for _ in 0..<2 { _ = try await cloud.signIn("demo", "wrong", scope: nil) }
        #expect(try await cloud.signIn("demo", Cloud.demoPassword, scope: nil).status == 201)
        for _ in 0..<2 { _ = try await cloud.signIn("demo", "wrong", scope: nil) }
        #expect(try await cloud.signIn("demo", Cloud.demoPassword, scope: nil).status == 201)
    }

    @Test("new ones must meet the rules, and say which they do not")
    func rules() async throws {
        let cloud = try await Cloud {
            $0.passwords.minimumLength = 8
            $0.passwords.pattern = "[0-9]"
            $0.passwords.patternDescription = "a digit must be in it"
            $0.passwords.history = 2
        }
        let short = try await change(cloud, from: Cloud.demoPassword, to: "1234567")
        #expect(short.status == 400 && short.message.contains("8 characters"))
        let plain = try await change(cloud, from: Cloud.demoPassword, to: "no digits")
        #expect(plain.status == 400 && plain.message.contains("a digit must be in it"))
        #expect(try await change(cloud, from: Cloud.demoPassword, to: "number 1").status == 204)
        cloud.clock.advance(by: .seconds(1))
        #expect(try await change(cloud, from: "number 1", to: "number 1").status == 400)
        #expect(try await change(cloud, from: "number 1", to: "number 2").status == 204)
        cloud.clock.advance(by: .seconds(1))
        #expect(try await change(cloud, from: "number 2", to: "number 1").status == 400)
        #expect(try await change(cloud, from: "number 2", to: "number 3").status == 204)
        cloud.clock.advance(by: .seconds(1))
        #expect(try await change(cloud, from: "number 3", to: "number 1").status == 204)
    }

    @Test("one that is over says so, and can be changed without a token")
    func expiry() async throws {
        let cloud = try await Cloud {
            $0.passwords.expiresAfterDays = 1
            $0.passwords.minimumAgeDays = 1
        }
        let demo = try await cloud.id(of: "demo", in: "users")
        let set = try await cloud.send(
            .patch, "/v3/users/\(demo)", ["user": ["password": "set by the admin"]], token: try await cloud.adminToken()
        )
        #expect(set.status == 200)
        #expect(try set.text("user", "password_expires_at") == "2026-09-22T14:13:20.000000")
        #expect(try await change(cloud, from: "set by the admin", to: "another").status == 400)
        cloud.clock.advance(by: .seconds(86_401))
        let over = try await cloud.signIn("demo", "set by the admin", scope: nil)
        #expect(over.status == 401 && over.message.contains("expired"))
        #expect(try await cloud.signIn("demo", "wrong", scope: nil).message.contains("expired") == false)
        #expect(try await change(cloud, from: "set by the admin", to: "another").status == 204)
        cloud.clock.advance(by: .seconds(1))
        #expect(try await cloud.signIn("demo", "another", scope: nil).status == 201)
    }

    @Test("a disabled user is out at once, tokens included")
    func disabled() async throws {
        let cloud = try await Cloud()
        let (demo, admin) = (try await cloud.demoToken(), try await cloud.adminToken())
        let path = "/v3/users/\(try await cloud.id(of: "demo", in: "users"))"
        #expect(try await cloud.send(.get, "/v3/auth/projects", token: demo).status == 200)
        #expect(try await cloud.send(.patch, path, ["user": ["enabled": false]], token: admin).status == 200)
        #expect(try await cloud.send(.get, "/v3/auth/projects", token: demo).status == 401)
        #expect(try await cloud.signIn("demo", Cloud.demoPassword, scope: nil).status == 401)
        cloud.clock.advance(by: .seconds(1))
        #expect(try await cloud.send(.patch, path, ["user": ["enabled": true]], token: admin).status == 200)
        #expect(try await cloud.send(.get, "/v3/auth/projects", token: demo).status == 401)
        #expect(try await cloud.signIn("demo", Cloud.demoPassword, scope: nil).status == 201)
    }
}
