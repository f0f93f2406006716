import API
import HTTPTypes
import Link
import Model
import Store
import TestJSON
import TestPlacement
import Testing

@testable import Accelerators

/// A report speaks for its own host's providers only, whatever the host says.
@Suite struct ForeignProviderTests {
    static func device(
        _ name: String, _ provider: ResourceProviderID, path: String = "p", resourceClass: String = "FPGA",
        bus: String = "1", group: String? = nil
    ) -> DeviceReport {
        var device = Reports.device(1, resourceClass: resourceClass)
        device.controlPath = path
        device.deployables[0].name = name
        device.deployables[0].providerName = group
        device.deployables[0].resourceProvider = provider
        device.deployables[0].handles[0].info["bus"] = bus
        return device
    }

    static func id(of name: String) throws -> ResourceProviderID { try #require(NamedID.make(name)) }

    func conditions(_ fixture: AcceleratorFixture, _ host: String) async throws -> [JSON] {
        try await fixture.call(.get, "/v2/hosts/\(host)", version: "2.4").json["conditions"].array
    }

    func providers(_ fixture: AcceleratorFixture) async throws -> [String: String] {
        let list = try await fixture.call(.get, "/v2/deployables").json["deployables"].array
        return Dictionary(list.map { ($0["rp_uuid"].text, $0["name"].text) }) { first, _ in first }
    }

    /// As Python's `uuid.uuid3` makes it.
    @Test func `ids are made of names as the reference makes them`() throws {
        let known = try #require(ResourceProviderID("1b4893fb-05f4-3c64-8700-9eee16e2e4ce"))
        #expect(try Self.id(of: "host-d_FakeDevice") == known)
        #expect(ProviderName.isNamed(known) && ProviderName.identifies("host-d_FakeDevice", known))
        #expect(!ProviderName.identifies("host-d_Fakedevice", known))
        #expect(!ProviderName.isNamed(Reports.provider(1)))
    }

    @Test func `a provider whose name is another host's is refused, whoever reports first`() async throws {
        let fixture = try await AcceleratorFixture()
        let provider = try Self.id(of: "host-d_FakeDevice")
        for name in ["x", "host-b_x", "host-d_FakeDevice"] {
            try await fixture.report(Reports.host(1, [Self.device(name, provider)]), from: "host-b")
            #expect(try await providers(fixture) == [:])
            let said = try await conditions(fixture, "host-b")
            #expect(said.map { $0["kind"].text } == ["resource_provider"])
            #expect(said[0]["reason"].text.contains("\(provider)"))
        }
        // The device is there, and so is what else the host has.
        #expect(try await fixture.call(.get, "/v2/devices").json["devices"].array.count == 1)
        try await fixture.report(
            Reports.host(1, [Self.device("host-d_FakeDevice", provider)]), from: "host-d")
        #expect(try await providers(fixture) == ["\(provider)": "host-d_FakeDevice"])
        #expect(try await conditions(fixture, "host-d") == [])
        // A report without it takes the condition away.
        try await fixture.report(
            Reports.host(5, [Self.device("host-b_own", try Self.id(of: "host-b_own"))]), from: "host-b")
        #expect(try await conditions(fixture, "host-b") == [])
        #expect(try await providers(fixture).count == 2)
    }

    @Test func `what a longer known name owns is refused, and comes back to it`() async throws {
        let fixture = try await AcceleratorFixture()
        let provider = try Self.id(of: "a_b_FakeDevice")
        // Nobody knows of a host a_b yet.
        try await fixture.report(Reports.host(1, [Self.device("a_b_FakeDevice", provider)]), from: "a")
        #expect(try await providers(fixture).count == 1)
        try await fixture.report(Reports.host(1, [Self.device("a_b_FakeDevice", provider, path: "q")]), from: "a_b")
        let list = try await fixture.call(.get, "/v2/devices").json["devices"].array
        #expect(list.count == 2)
        let owner = try await fixture.store.read { transaction in
            try transaction.first(
                """
                SELECT d.host FROM deployables p JOIN devices d ON d.uuid = p.device
                WHERE p.resource_provider = \(provider)
                """
            ) { row in try row[0] as String }
        }
        #expect(owner == "a_b")
        try await fixture.report(Reports.host(2, [Self.device("a_b_FakeDevice", provider)]), from: "a")
        #expect(try await conditions(fixture, "a").contains { $0["reason"].text.contains("a_b") })
        #expect(try await providers(fixture).count == 1)
    }

    @Test func `what somebody holds on the wrong host is not taken away, and both hosts say so`() async throws {
        let fixture = try await AcceleratorFixture()
        let provider = try Self.id(of: "a_b_FakeDevice")
        try await fixture.report(Reports.host(1, [Self.device("a_b_FakeDevice", provider)]), from: "a")
        try await fixture.profile("p")
        let ids = try await fixture.requests("p")
        #expect(try await fixture.bind(ids, instance: Reports.instance(1), provider: provider, host: "a").status == 202)
        try await fixture.report(Reports.host(1, [Self.device("a_b_FakeDevice", provider)]), from: "a_b")
        #expect(try await conditions(fixture, "a_b").map { $0["kind"].text } == ["resource_provider"])
        #expect(try await conditions(fixture, "a").contains { $0["reason"].text.contains("a_b") })
        // The next report has to be whole, and then its turn has come.
        let waits = try await fixture.store.read { [fleet = fixture.service.fleet] in
            try fleet.wantsWhole(of: "a_b", in: $0)
        }
        #expect(waits)
        try await fixture.call(
            .delete, "/v2/accelerator_requests?instance=\(Reports.instance(1))", as: .memberThroughService)
        try await fixture.report(Reports.host(2, [Self.device("a_b_FakeDevice", provider)]), from: "a_b")
        try await fixture.report(Reports.host(3, [Self.device("a_b_FakeDevice", provider)]), from: "a_b")
        #expect(try await conditions(fixture, "a_b") == [])
    }

    @Test func `another host's provider with any class is a condition and no error`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device(1)]), from: "host-a")
        for (generation, resourceClass) in [(Int64(1), "FPGA"), (2, "GPU"), (3, "bad class!")] {
            try await fixture.report(
                Reports.host(generation, [Self.device("host-b_x", Reports.provider(1), resourceClass: resourceClass)]),
                from: "host-b")
            #expect(try await conditions(fixture, "host-b").count == 1)
        }
        try await fixture.report(
            Reports.host(4, [Self.device("host-b_x", Reports.provider(1))]), from: "host-b")
        #expect(try await conditions(fixture, "host-a").map { $0["kind"].text } == ["resource_provider"])
        #expect(try await providers(fixture) == ["\(Reports.provider(1))": "card-1"])
        #expect(try await fixture.call(.get, "/v2/limits", version: "2.4").status == 200)
    }

    @Test func `two devices of a host with one provider: the first has it`() async throws {
        let fixture = try await AcceleratorFixture()
        let (one, two) = (
            Self.device("one", Reports.provider(1), path: "1"),
            Self.device("two", Reports.provider(1), path: "2", bus: "2")
        )
        try await fixture.report(Reports.host([one, two]))
        #expect(try await providers(fixture) == ["\(Reports.provider(1))": "one"])
        #expect(try await conditions(fixture, "host-a").map { $0["subject"].text } == ["two"])
    }

    @Test func `providers and names may be exchanged in one report`() async throws {
        let fixture = try await AcceleratorFixture()
        let (a, b, c) = (Reports.provider(1), Reports.provider(2), Reports.provider(3))
        try await fixture.report(
            Reports.host(1, [Self.device("one", a, path: "1"), Self.device("two", b, path: "2", bus: "2")]))
        try await fixture.report(
            Reports.host(2, [Self.device("one", b, path: "1"), Self.device("two", a, path: "2", bus: "2")]))
        #expect(try await providers(fixture) == ["\(b)": "one", "\(a)": "two"])
        // A device elsewhere, and a name of its own.
        try await fixture.report(
            Reports.host(3, [Self.device("three", b, path: "9"), Self.device("two", c, path: "2", bus: "2")]))
        #expect(try await providers(fixture) == ["\(b)": "three", "\(c)": "two"])
        #expect(try await conditions(fixture, "host-a") == [])
    }

    @Test func `a handle that makes no sense is left out, and the host says so`() async throws {
        let fixture = try await AcceleratorFixture()
        var device = Reports.device(1, units: 2)
        device.deployables[0].handles[1].info["bus"] = "zz"
        try await fixture.report(Reports.host([device]))
        #expect(try await fixture.handleStates() == ["available": 1])
        let said = try await conditions(fixture, "host-a")
        #expect(said.map { $0["kind"].text } == ["report"] && said[0]["subject"] == "card-1")
    }

    @Test func `a bind names the host that has the device`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device(1, units: 4)]), from: "host-a.example.org")
        try await fixture.report(Reports.host([Reports.device(2)]), from: "host-b")
        try await fixture.profile("p")
        func bind(_ number: Int, _ host: String, _ version: String? = nil) async throws -> Int {
            let ids = try await fixture.requests("p")
            fixture.placement.hold(Reports.instance(number), [Reports.provider(1): 1])
            return try await fixture.bind(
                ids, instance: Reports.instance(number), provider: Reports.provider(1), host: host, version: version
            ).status
        }
        #expect(try await bind(1, "host-b") == 409)
        #expect(try await bind(2, "host-b.example.org") == 202)
        #expect(try await bind(3, "host-b.example.org", "2.5") == 409)
        #expect(try await bind(4, "HOST-A", "2.5") == 202)
        #expect(try await bind(5, "host-a.example.org") == 202)
        let said = try await conditions(fixture, "host-a.example.org")
        #expect(said.map { $0["kind"].text } == ["binding"])
        #expect(said.map { $0["subject"].text } == ["host-b.example.org"])
    }
}
