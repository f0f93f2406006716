import API
import HTTPTypes
import Model
import Testing

@testable import Access

@Suite("noauth2")
struct Noauth2AuthenticatorTests {
    private func caller(
        _ token: String?, roles: String? = nil, system: String? = nil, service: String? = nil, loopback: Bool = true
    ) async throws(Fault) -> Caller? {
        var headers: HTTPFields = [:]
        headers[IdentityHeader.authToken] = token
        headers[IdentityHeader.roles] = roles
        headers[IdentityHeader.systemScope] = system
        headers[IdentityHeader.serviceToken] = service
        return try await Noauth2Authenticator().authenticate(Credentials(headers: headers, isLoopback: loopback))
    }

    @Test("user and project; the project is the user's name where none is given")
    func project() async throws {
        #expect(try await caller("ann:p")?.scope == .project("p", domain: nil))
        #expect(try await caller("ann")?.scope == .project("ann", domain: nil))
        #expect(try await caller("ann:p")?.user == "ann")
        #expect(try await caller(nil) == nil)
        await #expect(throws: Fault.self) { try await caller(":p") }
    }

    @Test("admin is admin unless the roles are named; anyone else has none")
    func roles() async throws {
        #expect(try await caller("admin")?.roles == ["admin", "manager", "member", "reader"])
        #expect(try await caller("ann")?.roles == [])
        #expect(try await caller("admin", roles: "Service")?.roles == ["service"])
        #expect(try await caller("ann", roles: "member, other")?.roles == ["member", "reader", "other"])
        #expect(try await caller("admin", roles: "")?.roles == [])
    }

    @Test("a system scope takes the project away; a service token brings the role service")
    func scopes() async throws {
        let system = try #require(await caller("admin", system: "all"))
        #expect(system.scope == .system && system.project == nil)
        let forwarded = try #require(await caller("ann:p", roles: "member", service: "nova"))
        #expect(forwarded.comesThroughService && forwarded.service?.user == "nova")
    }

    @Test("clients that are elsewhere are refused, with or without a token")
    func remote() async throws {
        await #expect(throws: Fault.self) { try await caller("admin", loopback: false) }
        await #expect(throws: Fault.self) { try await caller(nil, loopback: false) }
    }
}
