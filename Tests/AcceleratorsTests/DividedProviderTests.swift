import HTTPTypes
import Link
import Model
import Store
import TestJSON
import TestStore
import Testing

@testable import Accelerators

/// Deployables of several classes that share a resource provider.
@Suite struct DividedProviderTests {
    /// Two units of class A and two of class B.
    private func card() -> DeviceReport {
        var card = Reports.device(1, units: 4, resourceClass: "CUSTOM_A")
        let template = card.deployables[0]
        card.deployables = ["CUSTOM_A", "CUSTOM_B"].enumerated().map { index, name in
            var one = template
            one.name = "card_\(name)"
            one.providerName = "card"
            one.resourceClass = name
            one.accelerators = 2
            one.handles = Array(template.handles[(index * 2)..<(index * 2 + 2)])
            return one
        }
        return card
    }

    /// The same units, a provider for each class.
    private func apart() -> [DeviceReport] {
        card().deployables.enumerated().map { index, deployable in
            var device = Reports.device(10 + index)
            device.deployables[0] = deployable
            device.deployables[0].name = "apart-\(index)"
            device.deployables[0].providerName = nil
            device.deployables[0].resourceProvider = Reports.provider(10 + index)
            return device
        }
    }

    private func fixture() async throws -> AcceleratorFixture {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host(1, [card()]))
        try await fixture.profile("a", "CUSTOM_A")
        try await fixture.profile("b", "CUSTOM_B")
        return fixture
    }

    private func functions(_ fixture: AcceleratorFixture, _ ids: [String]) async throws -> [String] {
        var functions: [String] = []
        for id in ids { functions.append(try await fixture.show(id)["attach_handle_info"]["function"].text) }
        return functions
    }

    @Test func `a request gets a unit of the class that it asks for`() async throws {
        let fixture = try await fixture()
        let deployables = try await fixture.call(.get, "/v2/deployables").json["deployables"].array
        #expect(deployables.count == 2)
        #expect(Set(deployables.map { $0["rp_uuid"].text }) == ["\(Reports.provider(1))"])
        var taken: [String] = []
        for (number, name) in ["b", "a", "b", "a"].enumerated() {
            let ids = try await fixture.requests(name)
            #expect(
                try await fixture.bind(
                    ids, instance: Reports.instance(number), provider: Reports.provider(1)
                ).status == 202)
            taken += try await functions(fixture, ids)
        }
        #expect(taken == ["3", "1", "4", "2"])
        // A class that is used up is no reason to give out another.
        let none = try await fixture.requests("a")
        #expect(
            try await fixture.bind(none, instance: Reports.instance(9), provider: Reports.provider(1)).status == 404)
    }

    @Test func `a class that the provider does not have is refused with the ones that it has`() async throws {
        let fixture = try await fixture()
        try await fixture.profile("c", "CUSTOM_C")
        let ids = try await fixture.requests("c")
        let refused = try await fixture.bind(ids, instance: Reports.instance(1), provider: Reports.provider(1))
        #expect(refused.status == 404)
        #expect(refused.fault.contains("has CUSTOM_A and CUSTOM_B, not CUSTOM_C"))
        #expect(try await fixture.handleStates() == ["available": 4])
    }

    @Test func `one class is withheld and the other is not`() async throws {
        let fixture = try await fixture()
        let deployables = try await fixture.call(.get, "/v2/deployables").json["deployables"].array
        let a = try #require(deployables.first { $0["name"] == "card_CUSTOM_A" })["uuid"].text
        let b = try #require(deployables.first { $0["name"] == "card_CUSTOM_B" })["uuid"].text
        let disabled = try await fixture.call(.post, "/v2/deployables/\(a)/disable", version: "2.4")
        #expect((200..<300).contains(disabled.status))
        #expect(try await fixture.withheldParts() == [ProviderPart(Reports.provider(1), "CUSTOM_A")])
        try await fixture.call(.post, "/v2/deployables/\(b)/disable", version: "2.4")
        #expect(try await fixture.withheldParts() == [ProviderPart(Reports.provider(1))])
    }

    @Test func `a bind under way follows its class to and from a card`() async throws {
        let fixture = try await fixture()
        let early = try await fixture.requests("b")
        try await fixture.report(Reports.host(2, apart()))
        // The card's provider is gone: its class says which of two took its place, and nobody needs be asked.
        #expect(
            try await fixture.bind(early, instance: Reports.instance(1), provider: Reports.provider(1)).status == 202)
        #expect(try await fixture.show(early[0])["device_rp_uuid"].text == "\(Reports.provider(11))")
        #expect(try await functions(fixture, early) == ["3"])
        let late = try await fixture.requests("a")
        try await fixture.report(Reports.host(3, [card()]))
        #expect(
            try await fixture.bind(late, instance: Reports.instance(2), provider: Reports.provider(10)).status == 202)
        #expect(try await fixture.show(late[0])["device_rp_uuid"].text == "\(Reports.provider(1))")
        #expect(try await fixture.show(early[0])["device_rp_uuid"].text == "\(Reports.provider(1))")
        #expect(try await functions(fixture, late) == ["1"])
        let holdings = try await fixture.store.read { [fleet = fixture.service.fleet] in
            try fleet.holdings(of: "host-a", in: $0).holdings
        }
        #expect(Set(holdings.compactMap(\.resourceClass)) == ["CUSTOM_A", "CUSTOM_B"])
    }

    @Test func `another device's provider is not taken, whatever the class`() async throws {
        let fixture = try await fixture()
        var other = Reports.device(2, resourceClass: "CUSTOM_C")
        other.deployables[0].resourceProvider = Reports.provider(1)
        try await fixture.report(Reports.host(2, [card(), other]))
        #expect(try await fixture.call(.get, "/v2/deployables").json["deployables"].array.count == 2)
    }

    @Test(arguments: Engine.available)
    func `a database of before has what it had, and takes a second class`(engine: Engine) async throws {
        let migrations = AcceleratorMigrations.all
        try await engine.withStore(Array(migrations.prefix(6))) { store in
            let (device, first) = ("d0000000-0000-4000-8000-000000000001", "e0000000-0000-4000-8000-000000000001")
            try await store.write { transaction in
                try transaction.execute(
                    """
                    INSERT INTO devices (uuid, host, driver, control_path, type, vendor, model, facts, status, presence,
                        created_at)
                    VALUES (\(device), 'h', 'fake', 'p', 'FPGA', 'v', 'm', '{}', 'enabled', 'present', 1)
                    """)
                for (id, status) in [(first, "maintaining"), ("e0000000-0000-4000-8000-000000000002", "enabled")] {
                    try transaction.execute(
                        """
                        INSERT INTO deployables (uuid, device, name, resource_provider, resource_class, accelerators,
                            traits, driver, is_present, created_at, status)
                        VALUES (\(id), \(device), 'n', \("rp-\(id)"), 'CUSTOM_A', 2, '[]', 'fake', 1, 1, \(status))
                        """)
                    try transaction.execute(
                        """
                        INSERT INTO attributes (uuid, deployable, position, key, value, is_reported, created_at)
                        VALUES (\("a-\(id)"), \(id), 0, 'k', 'v', 1, 1)
                        """)
                }
            }
            let before = try await rows(store)
            try await Migrator(migrations).run(on: store)
            #expect(try await rows(store) == before && before.count == 2)
            let (firstPlace, migrated) = ("rp-\(first)", "e0000000-0000-4000-8000-000000000003")
            let add: @Sendable (String, String) async throws -> Void = { id, name in
                try await store.write { transaction in
                    _ = try transaction.execute(
                        """
                        INSERT INTO deployables (uuid, device, name, resource_provider, resource_class, accelerators,
                            traits, driver, is_present, created_at)
                        VALUES (\(id), \(device), 'n', \(firstPlace), \(name), 2, '[]', 'fake', 1, 1)
                        """)
                }
            }
            try await add(migrated, "CUSTOM_B")
            await #expect(throws: StoreError.self) {
                try await add("e0000000-0000-4000-8000-000000000004", "CUSTOM_B")
            }
            // What refers to a deployable is still held to it, and numbers go on.
            await #expect(throws: StoreError.self) {
                try await store.write { transaction in
                    _ = try transaction.execute("DELETE FROM deployables WHERE uuid = \(first)")
                }
            }
            let numbers = try await rows(store).map(\.number)
            #expect(Set(numbers).count == 3 && numbers == numbers.sorted())
        }
    }

    private struct Line: Equatable {
        let number: Int
        let words: [String]
    }

    private func rows(_ store: any StateStore) async throws -> [Line] {
        try await store.read { transaction in
            try transaction.all(
                """
                SELECT p.number, p.uuid, p.device, p.resource_provider, p.resource_class, p.status,
                    (SELECT COUNT(*) FROM attributes a WHERE a.deployable = p.uuid)
                FROM deployables p ORDER BY p.number
                """
            ) { row in
                let attributes: Int = try row[6]
                return Line(
                    number: try row[0],
                    words: [try row[1], try row[2], try row[3], try row[4], try row[5], "\(attributes)"])
            }
        }
    }
}
