import FoundationEssentials
import HTTPTypes
import Model
import Store
import TestJSON
import TestStore
import Testing

@testable import Placement

/// Lists of who holds what of a provider, page by page.
@Suite(.everyEngine) struct HolderPageTests {
    @Test(arguments: [0, 1, 2, 3, 7, 12]) func pagesTogetherAreTheWholeList(consumers: Int) async throws {
        let fixture = try await PlacementFixture()
        let host = try await fixture.provider("host", ["VCPU": 100, "MEMORY_MB": 100, "DISK_GB": 100])
        let other = try await fixture.provider("other", ["VCPU": 100])
        var expected: [String: JSON] = [:]
        for number in 0..<consumers {
            let id = PlacementFixture.newID()
            let amounts = Dictionary(
                uniqueKeysWithValues: ["VCPU", "MEMORY_MB", "DISK_GB"].prefix(number % 3 + 1).map { ($0, number + 1) })
            #expect(try await fixture.claim(id, [host: amounts, other: ["VCPU": 1]]).status == 204)
            expected[id] = [
                "resources": .object(amounts.mapValues { .integer($0) }), "consumer_generation": 1,
            ]
        }
        let answer = try await fixture.call(.get, "/resource_providers/\(host)/allocations")
        #expect(answer.json["allocations"] == .object(expected))
        #expect(answer.json["resource_provider_generation"].integer == (try await fixture.generation(host)))
        let provider = try #require(ResourceProviderID(host))
        for size in [4, 5, 100] {
            let pages = HolderPages(provider: provider, showsGenerations: true, size: size)
            var text = "{"
            var last: String?
            repeat {
                let page = try await fixture.store.read { [last] in try pages.page(after: last, in: $0) }
                text += String(decoding: page.json.bytes, as: UTF8.self)
                last = page.next
            } while last != nil
            #expect(try JSONDecoder().decode(JSON.self, from: Data((text + "}").utf8)) == .object(expected))
        }
    }

    @Test func before128NoGenerationsAreShown() async throws {
        let fixture = try await PlacementFixture()
        let host = try await fixture.provider("host", ["VCPU": 100])
        let id = PlacementFixture.newID()
        try await fixture.claim(id, [host: ["VCPU": 1]])
        let answer = try await fixture.call(.get, "/resource_providers/\(host)/allocations", version: "1.27")
        #expect(answer.json["allocations"] == .object([id: ["resources": ["VCPU": 1]]]))
        #expect(
            try await fixture.call(.get, "/resource_providers/\(PlacementFixture.newID())/allocations").status == 404)
    }
}
