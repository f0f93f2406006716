import Clients
import Model
import TestKeystone
import Testing

@testable import Access

@Suite("Tokens of a real Keystone")
struct KeystoneTokenSourceTests {
    private let clock = Clock(Timestamp(microseconds: 1_800_000_000_000_000))
    private let keystone: FakeKeystone
    private let session: KeystoneSession
    private let source: KeystoneTokenSource

    init() {
        keystone = FakeKeystone(time: clock.source)
        session = KeystoneSession(
            transport: keystone,
            credentials: .password(
                user: "kilonova", userDomain: "Default", password: Secret("secret"), project: "service",
                projectDomain: "Default"),
            time: clock.source)
        source = KeystoneTokenSource(session: session)
    }

    private func document(_ extra: String, expires: String = "2027-01-15T09:00:00.000000Z") -> String {
        """
        {"token":{"methods":["password"],"user":{"id":"u","name":"ann","domain":{"id":"d","name":"D"}},
        "expires_at":"\(expires)","audit_ids":["x"],"issued_at":"2027-01-15T08:00:00.000000Z"\(extra)}}
        """
    }

    @Test("reads every scope, roles in lower case, and asks with its own token")
    func scopes() async throws {
        let cases: [(String, Caller.Scope)] = [
            ("", .unscoped), (",\"system\":{\"all\":true}", .system),
            (",\"domain\":{\"id\":\"d2\",\"name\":\"D2\"}", .domain("d2")),
            (
                ",\"project\":{\"id\":\"p\",\"name\":\"P\",\"domain\":{\"id\":\"d\",\"name\":\"D\"}}",
                .project("p", domain: "d")
            ),
        ]
        for (extra, scope) in cases {
            keystone.answer(
                "/v3/auth/tokens?nocatalog t", 200, document(extra + ",\"roles\":[{\"id\":\"r\",\"name\":\"Reader\"}]"))
            let caller = try #require(await source.caller(for: Secret("t"), allowExpired: false))
            #expect(caller.scope == scope && caller.user == "u" && caller.userName == "ann" && caller.userDomain == "d")
            #expect(caller.roles == ["reader"] && caller.isAdminProject)
            #expect(caller.expires == Timestamp(iso: "2027-01-15T09:00:00Z"))
        }
        #expect(keystone.signIns == 1)
        #expect(keystone.requests.last?.token == "service-1")
        keystone.answer("/v3/auth/tokens?nocatalog t", 200, document(",\"is_admin_project\":false"))
        #expect(try await source.caller(for: Secret("t"), allowExpired: false)?.isAdminProject == false)
    }

    @Test("404 is no token; an expired one is asked for as such; access rules open nothing")
    func refusals() async throws {
        #expect(try await source.caller(for: Secret("gone"), allowExpired: false) == nil)
        keystone.answer("/v3/auth/tokens?nocatalog&allow_expired=1 old", 200, document(""))
        #expect(try await source.caller(for: Secret("old"), allowExpired: false) == nil)
        #expect(try await source.caller(for: Secret("old"), allowExpired: true) != nil)
        keystone.answer(
            "/v3/auth/tokens?nocatalog r", 200,
            document(",\"application_credential\":{\"id\":\"a\",\"access_rules\":[]}"))
        #expect(try await source.caller(for: Secret("r"), allowExpired: false) == nil)
    }

    @Test(
        "what cannot be a token never reaches the wire",
        arguments: ["", "a b", "a\r\nX-Auth-Token: b", "é", String(repeating: "x", count: 8193)])
    func impossible(_ token: String) async throws {
        #expect(try await source.caller(for: Secret(token), allowExpired: false) == nil)
        #expect(keystone.requests.isEmpty)
    }

    @Test("renews its own token before it ends, and once when it is refused")
    func renewal() async throws {
        keystone.answer("/v3/auth/tokens?nocatalog t", 200, document(""))
        _ = try await source.caller(for: Secret("t"), allowExpired: false)
        clock.set(clock.source.now() + .seconds(3600 - 61))
        _ = try await source.caller(for: Secret("t"), allowExpired: false)
        #expect(keystone.signIns == 1)
        clock.set(clock.source.now() + .seconds(1))
        _ = try await source.caller(for: Secret("t"), allowExpired: false)
        #expect(keystone.signIns == 2)
        keystone.revokeServiceTokens()
        #expect(try await source.caller(for: Secret("t"), allowExpired: false) != nil)
        #expect(keystone.signIns == 3)
        #expect(try await session.token() == Secret("service-3"))
    }

    @Test("unreachable, failing, refusing the service user: 503, with pauses that grow and end with success")
    func backOff() async throws {
        keystone.answer("/v3/auth/tokens?nocatalog t", 200, document(""))
        func kind() async -> Fault.Kind? {
            do throws(Fault) {
                _ = try await source.caller(for: Secret("t"), allowExpired: false)
                return nil
            } catch {
                return error.kind
            }
        }
        #expect(await kind() == nil)
        keystone.forgetRequests()
        keystone.setDown(true)
        var pause = Duration.milliseconds(250)
        for attempt in 1...3 {
            #expect(await kind() == .unavailable)
            #expect(await kind() == .unavailable)
            #expect(keystone.requests.count == attempt)
            clock.set(clock.source.now() + pause)
            pause *= 2
        }
        keystone.setDown(false)
        keystone.setFailure(502)
        #expect(await kind() == .unavailable)
        clock.set(clock.source.now() + .seconds(10))
        keystone.setFailure(nil)
        #expect(await kind() == nil)
        keystone.answer("/v3/auth/tokens?nocatalog t", 403, "{}")
        #expect(await kind() == .unavailable)
        keystone.revokeServiceTokens()
        keystone.setRefusing(true)
        #expect(await kind() == .unavailable)
    }

    @Test("an account that is refused is left alone long enough not to be locked, and the reason says what it is")
    func refusedSignIn() async throws {
        keystone.setRefusing(true)
        func fault() async -> Fault? {
            do throws(Fault) {
                _ = try await session.token()
                return nil
            } catch {
                return error
            }
        }
        var tries: [Timestamp] = []
        let start = clock.source.now()
        // Somebody asks every ten seconds for three hours.
        for second in stride(from: 0, to: 10_800, by: 10) {
            clock.set(start + .seconds(second))
            let before = keystone.signIns
            let told = try #require(await fault())
            if keystone.signIns > before { tries.append(clock.source.now()) }
            #expect(told.kind == .unavailable && told.code == KeystoneSession.refusedCode)
            #expect(!told.message.contains("kilonova"), "callers do not learn the account")
            #expect(told.context?.contains("'kilonova' of domain 'Default'") == true && told.headers.count == 1)
            #expect(told.context?.contains("secret is wrong") == true && told.context?.contains("401") == true)
        }
        // Never five within the half hour after which failures are counted anew.
        for (index, moment) in tries.enumerated() where index >= 4 {
            #expect(moment.since(tries[index - 1]) > .seconds(1800))
        }
        #expect(tries.count < 10)
        keystone.setRefusing(false)
        clock.set(start + .seconds(10_800 + 1860))
        #expect(await fault() == nil)
        // Whoever was let in once begins anew.
        clock.set(clock.source.now() + .seconds(3600))
        keystone.setRefusing(true)
        #expect(await fault() != nil)
        clock.set(clock.source.now() + .seconds(31))
        keystone.setRefusing(false)
        #expect(await fault() == nil)
    }

    @Test("requests that need a sign-in at the same time share one")
    func oneSignIn() async throws {
        try await withThrowingTaskGroup(of: Secret.self) { group in
            for _ in 0..<20 { group.addTask { try await session.token() } }
            for try await token in group { #expect(token == Secret("service-1")) }
        }
        #expect(keystone.signIns == 1)
    }

    @Test("finds endpoints in its catalog")
    func catalog() async throws {
        #expect(try await session.endpoint(type: "placement") == "http://internal")
        #expect(try await session.endpoint(type: "placement", interface: "public", region: "one") == "http://public")
        #expect(try await session.endpoint(type: "placement", interface: "public", region: "two") == nil)
        #expect(try await session.endpoint(type: "image") == nil)
    }

    @Test(
        "accepts auth URLs in every spelling",
        arguments: ["http://k/identity", "http://k/identity/", "http://k/identity/v3", "http://k/identity/v3/"])
    func authURL(_ url: String) {
        #expect(KeystoneSession.base(ofAuthURL: url) == "http://k/identity")
    }
}
