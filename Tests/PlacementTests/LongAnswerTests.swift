import API
import FoundationEssentials
import HTTPTypes
import Model
import Placement
import Store
import TestJSON
import TestStore
import Testing

/// Answers that leave in pieces say what they would say as a whole.
@Suite(.everyEngine) struct LongAnswerTests {
    private func response(_ path: String, in fixture: PlacementFixture, version: String = "1.39") async -> APIResponse {
        var fields: HTTPFields = [:]
        fields[.authToken] = "admin"
        fields[.openStackAPIVersion] = "placement \(version)"
        return await fixture.dispatcher.respond(to: APIRequest(.get, "/placement\(path)", headers: fields))
    }

    private func comesInPieces(_ response: APIResponse) -> Bool {
        if case .pieces = response.body { true } else { false }
    }

    /// Hosts with VCPU in one transaction.
    private func hosts(_ count: Int, in fixture: PlacementFixture) async throws -> [String] {
        let ids = (0..<count).map { _ in PlacementFixture.newID() }
        try await fixture.store.write { transaction in
            var providers: SQL = "INSERT INTO resource_providers"
            providers += " (uuid, name, generation, revision, parent, root, created_at, updated_at) VALUES "
            var inventories: SQL = "INSERT INTO inventories"
            inventories +=
                " (provider, resource_class, total, reserved, min_unit, max_unit, step_size, allocation_ratio,"
            inventories += " used, created_at, updated_at) VALUES "
            for (number, id) in ids.enumerated() {
                // Some were made at the same moment.
                let moment = 1_700_000_000_000_000 + Int64(number / 3)
                let name = number == 7 ? "a \"quoted\" \\ host\n" : "host-\(number)"
                if number > 0 {
                    providers += ", "
                    inventories += ", "
                }
                providers += "(\(id), \(name), 1, \(moment), NULL, \(id), \(moment), \(moment))"
                inventories += "(\(id), 'VCPU', 8, 0, 1, 8, 1, 1.0, 0, \(moment), \(moment))"
            }
            guard !ids.isEmpty else { return }
            try transaction.execute(providers)
            try transaction.execute(inventories)
        }
        return ids
    }

    @Test func aLongListHoldsEveryProviderOnce() async throws {
        let fixture = try await PlacementFixture()
        let ids = try await hosts(1003, in: fixture)
        let answer = await response("/resource_providers", in: fixture)
        #expect(answer.status == 200)
        let isInPieces = comesInPieces(answer)
        #expect(isInPieces)
        #expect(answer.headers[.lastModified] != nil)
        let list = try JSONDecoder().decode(JSON.self, from: Data(try await answer.bytes()))["resource_providers"].array
        #expect(list.count == ids.count)
        #expect(Set(list.map { $0["uuid"].text }) == Set(ids))
        #expect(list.contains { $0["name"].text == "a \"quoted\" \\ host\n" })
        // Each is written as it is when shown alone.
        let shown = try await fixture.call(.get, "/resource_providers/\(ids[500])").json
        #expect(list.first { $0["uuid"].text == ids[500] } == shown)
        let old = try await fixture.call(.get, "/resource_providers?uuid=\(ids[2])", version: "1.0").json
        let oldShown = try await fixture.call(.get, "/resource_providers/\(ids[2])", version: "1.0").json
        #expect(old["resource_providers"][0] == oldShown)
    }

    @Test(arguments: [0, 499, 500, 501, 1000]) func listsEndWhereTheProvidersDo(count: Int) async throws {
        let fixture = try await PlacementFixture()
        let ids = try await hosts(count, in: fixture)
        let answer = try await fixture.call(.get, "/resource_providers")
        #expect(answer.json["resource_providers"].array.map { $0["uuid"].text }.count == ids.count)
        #expect(answer.json["resource_providers"] != .null)
    }

    @Test(arguments: ["1.12", "1.28", "1.39"]) func manyCandidatesComeInPieces(version: String) async throws {
        let fixture = try await PlacementFixture()
        let ids = try await hosts(900, in: fixture)
        let answer = await response("/allocation_candidates?resources=VCPU:2", in: fixture, version: version)
        let isInPieces = comesInPieces(answer)
        #expect(isInPieces == (version == "1.39"), "that of 1.39 is longer than a piece")
        let json = try JSONDecoder().decode(JSON.self, from: Data(try await answer.bytes()))
        #expect(json["allocation_requests"].array.count == ids.count)
        #expect(Set(json["provider_summaries"].members.keys) == Set(ids))
        #expect(json["provider_summaries"][ids[3]]["resources"]["VCPU"]["capacity"].integer == 8)
        // What is remembered of a tree follows its use.
        try await fixture.claim(PlacementFixture.newID(), [ids[3]: ["VCPU": 3]])
        let after = try await fixture.call(.get, "/allocation_candidates?resources=VCPU:2", version: version)
        #expect(after.json["provider_summaries"][ids[3]]["resources"]["VCPU"]["used"].integer == 3)
    }
}
