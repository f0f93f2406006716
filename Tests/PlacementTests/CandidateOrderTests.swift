import HTTPTypes
import Placement
import Search
import TestJSON
import TestStore
import Testing

/// Upstream's options for the order and the number of candidates.
@Suite(.everyEngine) struct CandidateOrderTests {
    private static let query = "resources1=CUSTOM_CARD:1"

    /// Three hosts of four cards.
    private func fixture(_ options: PlacementOptions) async throws -> (PlacementFixture, hostOfCard: [String: Int]) {
        let placement = try await PlacementFixture(options: options)
        var hosts: [String: Int] = [:]
        for host in 0..<3 {
            let root = try await placement.provider("host-\(host)")
            for card in 0..<4 {
                hosts[try await placement.provider("card-\(host)-\(card)", below: root, ["CUSTOM_CARD": 1])] = host
            }
        }
        return (placement, hosts)
    }

    private func cards(_ placement: PlacementFixture, _ query: String) async throws -> [String] {
        try await placement.call(.get, "/allocation_candidates?\(query)").json["allocation_requests"].array
            .flatMap { $0["allocations"].keys }
    }

    @Test func breadthFirstSpreadsOverHosts() async throws {
        let (placement, hosts) = try await fixture(PlacementOptions())
        #expect(Set(try await cards(placement, Self.query + "&limit=3").compactMap { hosts[$0] }).count == 3)
    }

    @Test(arguments: [nil, 6]) func depthFirstTakesOneHostAfterAnother(_ bound: Int?) async throws {
        var options = PlacementOptions()
        options.visits = .depthFirst
        options.mostCandidates = bound
        let (placement, hosts) = try await fixture(options)
        let few = try await cards(placement, Self.query + "&limit=5").compactMap { hosts[$0] }
        #expect(few.count == 5 && Set(few[..<4]).count == 1 && few[4] != few[0])
        let all = try await cards(placement, Self.query)
        #expect(all.count == bound ?? 12 && Set(all).count == all.count)
    }

    @Test func aSampleIsOfAllThereIs() async throws {
        var options = PlacementOptions()
        options.randomizesCandidates = true
        let (placement, hosts) = try await fixture(options)
        var seen: Set<String> = []
        for _ in 0..<64 {
            let some = try await cards(placement, Self.query + "&limit=2")
            #expect(Set(some).count == 2)
            seen.formUnion(some)
        }
        // 64 pairs of 12 leave one out by chance in fewer than one run of 10,000.
        #expect(seen == Set(hosts.keys))
        #expect(Set(try await cards(placement, Self.query)) == Set(hosts.keys))
        let answer = try await placement.call(.get, "/allocation_candidates?\(Self.query)&limit=1").json
        let shown = answer["allocation_requests"][0]["allocations"].keys
        #expect(shown.isSubset(of: answer["provider_summaries"].keys))
    }

    @Test func aSampleIsOfWhatTheBoundLeaves() async throws {
        var options = PlacementOptions()
        options.randomizesCandidates = true
        options.mostCandidates = 5
        let (placement, _) = try await fixture(options)
        var seen: Set<String> = []
        for _ in 0..<32 { seen.formUnion(try await cards(placement, Self.query + "&limit=3")) }
        #expect(seen.count == 5)
    }
}
