import API
import HTTPTypes
import Model
import Synchronization
import Testing

@testable import Access

@Suite("Authentication by token")
struct TokenAuthenticatorTests {
    private let start = Timestamp(microseconds: 1_800_000_000_000_000)
    private let member = Caller(user: "u", scope: .project("p", domain: "d"), roles: ["member", "reader"])
    private let nova = Caller(user: "nova", scope: .project("service", domain: "d"), roles: ["service"])

    private func credentials(_ token: String?, service: String? = nil) -> Credentials {
        var headers: HTTPFields = [:]
        headers[IdentityHeader.authToken] = token
        headers[IdentityHeader.serviceToken] = service
        return Credentials(headers: headers)
    }

    private func authenticator(
        _ source: ScriptedTokenSource, _ clock: Clock, capacity: Int = 100, requiresServiceRole: Bool = true
    ) -> TokenAuthenticator {
        TokenAuthenticator(
            source: source, address: .path("/identity"), time: clock.source, capacity: capacity,
            requiresServiceRole: requiresServiceRole)
    }

    @Test("asks once while the answer holds, again after its time, and never past the token's end")
    func caching() async throws {
        var short = member
        short.expires = start + .seconds(100)
        let source = ScriptedTokenSource(["t": member, "s": short])
        let clock = Clock(start)
        let authenticator = authenticator(source, clock)
        for _ in 0..<3 {
            let caller = try #require(await authenticator.authenticate(credentials("t")))
            #expect(caller.user == "u" && caller.token == Secret("t") && caller.service == nil)
            #expect(try await authenticator.authenticate(credentials("s")) != nil)
        }
        #expect(source.asked == ["t", "s"])
        clock.set(start + .seconds(100))
        source.set("s", to: nil)
        await #expect(throws: Fault.unauthorized()) { try await authenticator.authenticate(credentials("s")) }
        clock.set(start + .seconds(300))
        #expect(try await authenticator.authenticate(credentials("t")) != nil)
        #expect(source.asked == ["t", "s", "s", "t"])
    }

    @Test("nothing to show is nobody; a bad token is 401 and remembered for seconds only")
    func bad() async throws {
        let source = ScriptedTokenSource()
        let clock = Clock(start)
        let authenticator = authenticator(source, clock)
        #expect(try await authenticator.authenticate(credentials(nil)) == nil)
        #expect(try await authenticator.authenticate(credentials(nil, service: "x")) == nil)
        for _ in 0..<3 {
            await #expect(throws: Fault.unauthorized()) { try await authenticator.authenticate(credentials("x")) }
        }
        #expect(source.asked == ["x"])
        clock.set(start + .seconds(5))
        source.set("x", to: member)
        #expect(try await authenticator.authenticate(credentials("x")) != nil)
        #expect(
            authenticator.challenge(origin: "https://api.example.org")
                == .init("WWW-Authenticate", "Keystone uri=\"https://api.example.org/identity\""))
    }

    @Test("a bump forgets good and bad answers, and those that are on their way")
    func epoch() async throws {
        let source = ScriptedTokenSource(["t": member])
        let authenticator = authenticator(source, Clock(start))
        _ = try await authenticator.authenticate(credentials("t"))
        _ = try? await authenticator.authenticate(credentials("x"))
        source.set("t", to: nil)
        source.set("x", to: member)
        authenticator.bump()
        await #expect(throws: Fault.unauthorized()) { try await authenticator.authenticate(credentials("t")) }
        #expect(try await authenticator.authenticate(credentials("x")) != nil)

        // look-up            │ Identity
        // asks, answer good  │
        //                    │ revokes, bump
        // answer arrives     │
        // asks again         │ answers: unknown
        source.set("late", to: member)
        source.hold()
        async let first = authenticator.authenticate(credentials("late"))
        await source.arrival()
        source.set("late", to: nil)
        authenticator.bump()
        source.release()
        #expect(try await first != nil)
        await #expect(throws: Fault.unauthorized()) { try await authenticator.authenticate(credentials("late")) }
    }

    @Test("callers with the same token share one look-up")
    func singleFlight() async throws {
        let source = ScriptedTokenSource(["t": member])
        let authenticator = authenticator(source, Clock(start))
        source.hold()
        try await withThrowingTaskGroup(of: Caller?.self) { group in
            for _ in 0..<20 { group.addTask { try await authenticator.authenticate(credentials("t")) } }
            await source.arrival()
            for _ in 0..<100 { await Task.yield() }
            source.release()
            for try await caller in group { #expect(caller?.user == "u") }
        }
        #expect(source.asked.filter { $0 == "t" }.count == 1)
    }

    @Test("an unreachable identity service is 503 and not remembered")
    func unreachable() async throws {
        let source = ScriptedTokenSource(["t": member])
        let authenticator = authenticator(source, Clock(start))
        source.fail(with: .unavailable("down"))
        await #expect(throws: Fault.unavailable("down")) { try await authenticator.authenticate(credentials("t")) }
        source.fail(with: nil)
        #expect(try await authenticator.authenticate(credentials("t")) != nil)
    }

    @Test("a service token says who forwards; with the role service it admits an expired token")
    func serviceTokens() async throws {
        let source = ScriptedTokenSource(["t": member, "nova": nova, "plain": member], expired: ["old": member])
        let authenticator = authenticator(source, Clock(start))
        let forwarded = try #require(await authenticator.authenticate(credentials("t", service: "nova")))
        #expect(forwarded.comesThroughService && forwarded.service?.user == "nova" && forwarded.user == "u")
        #expect(try await authenticator.authenticate(credentials("old", service: "nova"))?.user == "u")
        await #expect(throws: Fault.unauthorized()) { try await authenticator.authenticate(credentials("old")) }
        await #expect(throws: Fault.self) {
            try await authenticator.authenticate(credentials("old", service: "plain"))
        }
        // A service token without the role is no better than a bad one, as with keystonemiddleware.
        for token in ["plain", "bad", "t"] {
            let fault = await #expect(throws: Fault.self) {
                try await authenticator.authenticate(credentials("t", service: token))
            }
            #expect(fault?.kind == .unauthorized)
        }
        // An answer for an expired token is never one for the same token alone.
        await #expect(throws: Fault.unauthorized()) { try await authenticator.authenticate(credentials("old")) }
        // Where the role is not asked for, it forwards nothing that counts.
        let lenient = self.authenticator(source, Clock(start), requiresServiceRole: false)
        let plain = try #require(await lenient.authenticate(credentials("t", service: "plain")))
        #expect(!plain.comesThroughService)
    }

    @Test("a service token's roles are compared letter by letter, as keystonemiddleware does")
    func serviceRoleSpelling() async throws {
        let shouting = Caller(user: "n", scope: .project("service", domain: "d"), roles: ["SERVICE"])
        let source = ScriptedTokenSource(["t": member, "loud": shouting])
        let authenticator = authenticator(source, Clock(start))
        await #expect(throws: Fault.self) { try await authenticator.authenticate(credentials("t", service: "loud")) }
    }

    @Test("what is remembered does not count while this process may have missed a revocation")
    func woken() async throws {
        let source = ScriptedTokenSource(["t": member])
        let isCurrent = Atomic(true)
        let authenticator = TokenAuthenticator(
            source: source, address: .path("/identity"), time: Clock(start).source,
            isCurrent: { isCurrent.load(ordering: .relaxed) })
        _ = try await authenticator.authenticate(credentials("t"))
        _ = try await authenticator.authenticate(credentials("t"))
        #expect(source.asked == ["t"])
        isCurrent.store(false, ordering: .relaxed)
        source.set("t", to: nil)
        await #expect(throws: Fault.unauthorized()) { try await authenticator.authenticate(credentials("t")) }
        #expect(source.asked == ["t", "t"])
        source.set("t", to: member)
        #expect(try await authenticator.authenticate(credentials("t")) != nil, "nor do refusals")
    }

    @Test("unless it is told otherwise it refuses a service token without the role, as the field's middleware does")
    func standard() async throws {
        let source = ScriptedTokenSource(["t": member, "plain": member])
        let authenticator = TokenAuthenticator(source: source, address: .path("/identity"))
        await #expect(throws: Fault.self) { try await authenticator.authenticate(credentials("t", service: "plain")) }
        #expect(try await authenticator.authenticate(credentials("t")) != nil)
    }

    @Test("while it may have missed changes, nothing that it remembers counts")
    func suspended() async throws {
        let source = ScriptedTokenSource(["t": member])
        let isCurrent = Mutex(true)
        let authenticator = TokenAuthenticator(
            source: source, address: .path("/identity"), time: Clock(start).source,
            isCurrent: { isCurrent.withLock { $0 } })
        #expect(try await authenticator.authenticate(credentials("t")) != nil)
        source.set("t", to: nil)
        #expect(try await authenticator.authenticate(credentials("t")) != nil, "remembered")
        isCurrent.withLock { $0 = false }
        await #expect(throws: Fault.unauthorized()) { try await authenticator.authenticate(credentials("t")) }
    }

    @Test("remembers no more than its capacity, the last used longest")
    func bounded() async throws {
        let cache = TokenCache<Int>(capacity: 100)
        func key(_ number: Int) -> TokenCache<Int>.Key { .init(Secret("token \(number)"), allowExpired: false) }
        for number in 0..<1000 {
            cache.keep(number, for: key(number), until: start + .seconds(60), ifStillIn: 0)
            #expect(cache.value(for: key(0), at: start) == 0)
            #expect(cache.count <= 101)
        }
        #expect(cache.value(for: key(1), at: start) == nil)
        #expect(cache.value(for: key(999), at: start) == 999)
        #expect(cache.value(for: key(999), at: start + .seconds(60)) == nil)
    }

    @Test("what a hit costs, for the record")
    func hitCost() async throws {
        let source = ScriptedTokenSource(["t": member])
        let token = String(repeating: "x", count: 240)
        source.set(token, to: member)
        let authenticator = authenticator(source, Clock(start))
        let request = credentials(token)
        _ = try await authenticator.authenticate(request)
        let rounds = 2000
        let spent = try await ContinuousClock().measure {
            for _ in 0..<rounds { _ = try await authenticator.authenticate(request) }
        }
        print("token validation, cached: \(spent / rounds) a request (this build)")
        #expect(source.asked.count == 1)
    }
}
