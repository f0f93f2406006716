import HTTPTypes
import Model
import TestJSON
import Testing

/// Whoever holds a device hears what becomes of it.
@Suite struct HolderTests {
    private func events(_ fixture: AcceleratorFixture, _ action: String) async throws -> [JSON] {
        try await fixture.call(.get, "/v2/events?action=\(action)", version: "2.4").json["events"].array
    }

    @Test func `a sick device is on record, with its reason, for its holder, too`() async throws {
        let fixture = try await AcceleratorFixture()
        var cards = (1...2).map { Reports.device($0) }
        try await fixture.report(Reports.host(1, cards))
        try await fixture.profile("p")
        let ids = try await fixture.requests("p")
        try await fixture.bind(ids, instance: Reports.instance(1), provider: Reports.provider(1))
        for index in cards.indices { cards[index].facts["health"] = "withdrawn: its media are read only" }
        try await fixture.report(Reports.host(2, cards))
        let sick = try await events(fixture, "device.sick")
        #expect(sick.count == 3)
        #expect(sick.allSatisfy { $0["detail"] == "its media are read only" })
        #expect(
            sick.filter { $0["arq_uuid"].text == ids[0] }.map(\.["instance_uuid"].text) == ["\(Reports.instance(1))"])
        // Said once, and once more when it is over.
        cards[0].facts["health"] = "withdrawn: its media are read only, and hot"
        try await fixture.report(Reports.host(3, cards))
        #expect(try await events(fixture, "device.sick").count == 3)
        for index in cards.indices { cards[index].facts["health"] = "well" }
        try await fixture.report(Reports.host(4, cards))
        #expect(try await events(fixture, "device.well").count == 3)
    }

    @Test func `a device that vanishes and comes back`() async throws {
        let fixture = try await AcceleratorFixture()
        let cards = (1...2).map { Reports.device($0) }
        try await fixture.report(Reports.host(1, cards))
        try await fixture.profile("p")
        let ids = try await fixture.requests("p")
        try await fixture.bind(ids, instance: Reports.instance(1), provider: Reports.provider(1))
        try await fixture.report(Reports.host(2, [cards[1]]))
        try await fixture.report(Reports.host(3, [cards[1]]))
        let lost = try await events(fixture, "arq.device_lost")
        #expect(lost.map(\.["arq_uuid"].text) == ids)
        #expect(try await events(fixture, "device.missing").count == 1)
        try await fixture.report(Reports.host(4, cards))
        #expect(try await events(fixture, "arq.device_back").map(\.["arq_uuid"].text) == ids)
        #expect(try await fixture.show(ids[0])["state"] == "Bound")
    }
}
