import Clients
import Model
import TestKeystone
import Testing

@testable import Access

@Suite("Registering limits")
struct LimitRegistrationTests {
    private let keystone: FakeKeystone
    private let registration: LimitRegistration
    private let wanted: [(resource: String, limit: Int)] = [("requests", 100), ("class:FPGA", 10), ("class:NIC", 20)]

    init() {
        let clock = Clock(Timestamp(microseconds: 1_800_000_000_000_000))
        keystone = FakeKeystone(time: clock.source)
        let session = KeystoneSession(
            transport: keystone, credentials: .applicationCredential(id: "id", secret: Secret("s")), time: clock.source)
        registration = LimitRegistration(session: session, owner: .service(type: "accelerator", region: "one"))
        keystone.answer(
            "/v3/registered_limits?service_id=s1&region_id=one", 200,
            #"{"registered_limits":[{"id":"r1","resource_name":"class:FPGA","default_limit":7,"region_id":"one"},"#
                + #"{"id":"r2","resource_name":"requests","default_limit":3,"region_id":null}]}"#)
        keystone.answer("/v3/registered_limits", 201, "{}")
        keystone.answer("/v3/registered_limits/r1", 200, "{}")
    }

    private var changes: [String] {
        keystone.requests.filter { $0.method != "GET" && $0.path != "/v3/auth/tokens" }.map {
            "\($0.method) \($0.path)"
        }
    }

    @Test("what is missing in this region is registered, what is there stays")
    func missing() async throws {
        #expect(try await registration.register(wanted) == [.registered, .kept(7), .registered])
        #expect(changes == ["POST /v3/registered_limits"])
    }

    @Test("another amount is replaced only when asked for")
    func replacing() async throws {
        #expect(try await registration.register(wanted, replacing: true) == [.registered, .replaced(7), .registered])
        #expect(changes == ["PATCH /v3/registered_limits/r1", "POST /v3/registered_limits"])
    }

    @Test("nothing is written where nothing is missing")
    func nothing() async throws {
        #expect(try await registration.register([("class:FPGA", 7)], replacing: true) == [.kept(7)])
        #expect(changes.isEmpty)
    }

    @Test("who may not is told what is needed")
    func forbidden() async throws {
        keystone.answer("/v3/registered_limits", 403, "{}")
        do throws(Fault) {
            _ = try await registration.register(wanted)
            Issue.record("it was registered")
        } catch {
            #expect(error.kind == .forbidden && error.message.contains("role admin"))
        }
    }
}
