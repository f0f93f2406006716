import Clients
import Foundation
import HTTPTypes
import Model
import Testing

@testable import Access

private enum RealKeystone {
    static let url = ProcessInfo.processInfo.environment["KILONOVA_TEST_KEYSTONE"]
}

/// Against a Keystone that runs already, where `KILONOVA_TEST_KEYSTONE` is its auth URL.
///
/// It must have, in the domain `Default`: user `kilonova`, password `svcpw`, role service in project `service`; user `ann`,
/// password `annpw`, role member in project `demo`; a service `accelerator` with a public endpoint in region `one`,
/// a registered limit FPGA of 5 and a limit of 2 for the project `demo`.
@Suite("A real Keystone", .enabled(if: RealKeystone.url != nil))
struct RealKeystoneTests {
    private func session(_ user: String, _ password: String, _ project: String) throws -> KeystoneSession {
        let base = KeystoneSession.base(ofAuthURL: try #require(RealKeystone.url))
        return KeystoneSession(
            transport: try NetworkTransport(base: base, name: "the identity service"),
            credentials: .password(
                user: user, userDomain: "Default", password: Secret(password), project: project,
                projectDomain: "Default"))
    }

    @Test("validates a user's token until it is revoked")
    func tokens() async throws {
        let source = KeystoneTokenSource(session: try session("kilonova", "svcpw", "service"))
        let ann = try session("ann", "annpw", "demo")
        let token = try await ann.token()
        let caller = try #require(await source.caller(for: token, allowExpired: false))
        #expect(caller.userName == "ann" && caller.project != nil && caller.userDomain == "default")
        #expect(caller.roles == ["member", "reader"])
        #expect(try #require(caller.expires) > TimeSource.system.now())
        #expect(try await source.caller(for: token, allowExpired: true) == caller)
        #expect(try await source.caller(for: Secret("gAAAAAnothing"), allowExpired: false) == nil)

        var headers: HTTPFields = [:]
        headers[IdentityHeader.subjectToken] = token.revealed
        let revoked = try await ann.send(PeerRequest(.delete, "/v3/auth/tokens", headers: headers))
        #expect(revoked.status == 204)
        #expect(try await source.caller(for: token, allowExpired: false) == nil)
    }

    @Test("a wrong password of the service is 503 to callers")
    func wrongPassword() async throws {
        let source = KeystoneTokenSource(session: try session("kilonova", "wrong", "service"))
        do throws(Fault) {
            _ = try await source.caller(for: Secret("gAAAAAnothing"), allowExpired: false)
            Issue.record("a wrong password was accepted")
        } catch {
            #expect(error.kind == .unavailable)
        }
    }

    @Test("reads limits as service user")
    func limits() async throws {
        let service = try session("kilonova", "svcpw", "service")
        let limits = KeystoneLimits(
            session: service, owner: .service(type: "accelerator", region: "one"))
        let ann = KeystoneTokenSource(session: service)
        let token = try await session("ann", "annpw", "demo").token()
        let demo = try #require(try await ann.caller(for: token, allowExpired: false)?.project)
        #expect(try await limits.limit(for: "FPGA", project: demo) == 2)
        #expect(try await limits.limit(for: "FPGA", project: "other") == 5)
        #expect(try await limits.limit(for: "GPU", project: demo) == nil)
        #expect(try await limits.tree(of: demo) == nil)
    }
}
