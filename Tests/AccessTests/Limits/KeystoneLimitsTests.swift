import Clients
import Model
import TestKeystone
import Testing

@testable import Access

@Suite("Unified limits")
struct KeystoneLimitsTests {
    private let clock = Clock(Timestamp(microseconds: 1_800_000_000_000_000))
    private let keystone: FakeKeystone
    private let limits: KeystoneLimits

    init() {
        keystone = FakeKeystone(time: clock.source)
        let session = KeystoneSession(
            transport: keystone, credentials: .applicationCredential(id: "id", secret: Secret("s")), time: clock.source)
        limits = KeystoneLimits(session: session, owner: .endpoint("e1"), time: clock.source)
        keystone.answer("/v3/limits/model", 200, #"{"model":{"name":"flat","description":"x"}}"#)
        keystone.answer(
            "/v3/registered_limits?service_id=s1&region_id=one", 200,
            #"{"registered_limits":[{"resource_name":"FPGA","default_limit":10,"region_id":"one"},"#
                + #"{"resource_name":"GPU","default_limit":-1,"region_id":"one"}]}"#)
        for (project, list) in [
            ("p1", #"{"resource_name":"FPGA","resource_limit":3,"project_id":"p1","region_id":"one"}"#), ("p2", ""),
        ] {
            keystone.answer(
                "/v3/limits?service_id=s1&region_id=one&project_id=\(project)", 200, "{\"limits\":[\(list)]}")
        }
    }

    @Test("the project's own limit, else the registered one, else none; −1 is unlimited")
    func flat() async throws {
        #expect(try await limits.limit(for: "FPGA", project: "p1") == 3)
        #expect(try await limits.limit(for: "FPGA", project: "p2") == 10)
        #expect(try await limits.limit(for: "GPU", project: "p1") == -1)
        #expect(try await limits.limit(for: "NIC", project: "p1") == nil)
        #expect(try await limits.tree(of: "p1") == nil)
    }

    @Test("answers are kept for their time only")
    func caching() async throws {
        for _ in 0..<3 { _ = try await limits.limit(for: "FPGA", project: "p2") }
        let asked = keystone.requests.count
        #expect(asked == 4)
        clock.set(clock.source.now() + .seconds(30))
        keystone.answer(
            "/v3/limits?service_id=s1&region_id=one&project_id=p2", 200,
            #"{"limits":[{"resource_name":"FPGA","resource_limit":4,"project_id":"p2","region_id":"one"}]}"#)
        #expect(try await limits.limit(for: "FPGA", project: "p2") == 4)
        #expect(keystone.requests.count == asked + 1)
    }

    @Test("failures are 503: refused, unreachable")
    func failures() async throws {
        keystone.answer("/v3/limits/model", 403, "{}")
        await #expect(throws: Fault.self) { try await limits.limit(for: "FPGA", project: "p1") }
        keystone.setDown(true)
        do throws(Fault) {
            _ = try await limits.limit(for: "FPGA", project: "p1")
            Issue.record("a limit came from nowhere")
        } catch {
            #expect(error.kind == .unavailable)
        }
    }

    @Test("finds itself in the catalog by type and region, where that is clear")
    func lookup() async throws {
        let session = KeystoneSession(
            transport: keystone, credentials: .applicationCredential(id: "id", secret: Secret("s")), time: clock.source)
        func limit(_ type: String, _ region: RegionID?) async throws(Fault) -> Int? {
            let limits = KeystoneLimits(
                session: session, owner: .service(type: type, region: region), time: clock.source)
            return try await limits.limit(for: "FPGA", project: "p1")
        }
        #expect(try await limit("accelerator", "one") == 3)
        await #expect(throws: Fault.self) { try await limit("accelerator", nil) }
        await #expect(throws: Fault.self) { try await limit("accelerator", "three") }
        await #expect(throws: Fault.self) { try await limit("compute", "one") }
    }

    @Test(
        "two levels: a domain's projects share the domain's limit",
        arguments: ["strict_two_level", "strict-two-level"])
    func tree(_ model: String) async throws {
        keystone.answer("/v3/limits/model", 200, "{\"model\":{\"name\":\"\(model)\"}}")
        for project in ["p1", "p2"] {
            keystone.answer(
                "/v3/projects/\(project)", 200,
                "{\"project\":{\"id\":\"\(project)\",\"parent_id\":\"d\",\"domain_id\":\"d\"}}")
        }
        keystone.answer(
            "/v3/projects?domain_id=d", 200, #"{"projects":[{"id":"p1"},{"id":"p2"},{"id":"p3"}]}"#)
        keystone.answer(
            "/v3/limits?service_id=s1&region_id=one&domain_id=d", 200,
            #"{"limits":[{"resource_name":"FPGA","resource_limit":5,"domain_id":"d","region_id":"one"}]}"#)
        let expected = ProjectTree(root: "d", isDomain: true, members: ["d", "p1", "p2", "p3"])
        for project in ["p1", "p2"] {
            let tree = try #require(try await limits.tree(of: ProjectID(project)))
            #expect(tree == expected)
            #expect(try await limits.limit(for: "FPGA", rootOf: tree) == 5)
            // Not the domain's own: what is registered.
            #expect(try await limits.limit(for: "GPU", rootOf: tree) == -1)
        }
    }
}
