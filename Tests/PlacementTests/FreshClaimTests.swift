import HTTPTypes
import Model
import Placement
import Store
import Synchronization
import TestJSON
import TestStore
import Testing

/// Claims of consumers that hold nothing yet take a short way. It must do what the long one does.
@Suite(.everyEngine) struct FreshClaimTests {
    /// A service with a warm index over a database that counts its statements.
    private func warm() async throws -> (PlacementFixture, CountingStore) {
        let box = Mutex<CountingStore?>(nil)
        let fixture = try await PlacementFixture(through: { store in
            let counting = CountingStore(store)
            box.withLock { $0 = counting }
            return counting
        })
        try await fixture.service.warm()
        return (fixture, try #require(box.withLock { $0 }))
    }

    @Test func aClaimTakesFewStatements() async throws {
        let (fixture, counting) = try await warm()
        let host = try await fixture.provider("host", ["VCPU": 8, "MEMORY_MB": 4096])
        _ = counting.take()
        #expect(try await fixture.claim(PlacementFixture.newID(), [host: ["VCPU": 1]]).status == 204)
        #expect(counting.take() == (counting.dialect == .postgresql ? 1 : 5))
        #expect(try await fixture.claim(PlacementFixture.newID(), [host: ["VCPU": 1, "MEMORY_MB": 1]]).status == 204)
        #expect(counting.take() == (counting.dialect == .postgresql ? 1 : 6))
    }

    @Test func theShortWayLeavesWhatTheLongOneWould() async throws {
        let (short, _) = try await warm()
        let long = try await PlacementFixture()
        var shown: [JSON] = []
        for fixture in [short, long] {
            let host = try await fixture.provider("host", ["VCPU": 8, "DISK_GB": 100])
            let card = try await fixture.provider("card", below: host, ["FPGA": 1])
            let consumer = PlacementFixture.newID()
            let before = try await fixture.generation(host)
            let allocations = [host: ["VCPU": 2, "DISK_GB": 10], card: ["FPGA": 1]]
            let body = PlacementFixture.claim(allocations, project: "a \"b\" \\ {c},NULL", user: "ü", type: "MIGRATION")
            #expect(try await fixture.call(.put, "/allocations/\(consumer)", body).status == 204)
            #expect(try await fixture.generation(host) == before + 1)
            #expect(try await fixture.generation(card) == 2)
            var view = try await fixture.call(.get, "/allocations/\(consumer)").json
            #expect(Set(view["allocations"].members.keys) == [host, card])
            #expect(view["allocations"][host]["resources"] == ["VCPU": 2, "DISK_GB": 10])
            if case .object(var members) = view {
                members["allocations"] = .null
                view = .object(members)
            }
            shown.append(view)
            let candidates = try await fixture.call(.get, "/allocation_candidates?resources=VCPU:1")
            #expect(candidates.json["provider_summaries"][host]["resources"]["VCPU"]["used"] == 2)
            #expect(candidates.json["provider_summaries"][card]["resources"]["FPGA"]["used"] == 1)
            #expect(try await fixture.call(.delete, "/allocations/\(consumer)").status == 204)
            #expect(try await fixture.call(.get, "/resource_providers/\(card)/usages").json["usages"]["FPGA"] == 0)
        }
        #expect(shown[0] == shown[1])
    }

    @Test func severalConsumersAtOnce() async throws {
        let (fixture, _) = try await warm()
        let host = try await fixture.provider("host", ["VCPU": 3])
        let ids = (0..<4).map { _ in PlacementFixture.newID() }
        func post(_ ids: ArraySlice<String>) async throws -> Int {
            let bodies = ids.map { ($0, PlacementFixture.claim([host: ["VCPU": 1]])) }
            return try await fixture.call(
                .post, "/allocations", .object(Dictionary(uniqueKeysWithValues: bodies))
            ).status
        }
        let before = try await fixture.generation(host)
        #expect(try await post(ids[...]) == 409)
        #expect(try await fixture.generation(host) == before)
        #expect(try await post(ids[..<3]) == 204)
        #expect(try await fixture.generation(host) == before + 1)
        #expect(try await post(ids[3...]) == 409)
    }

    /// The index of one replica knows nothing of what the other did.
    @Test func whatTheIndexForesawWronglyIsRefusedByTheDatabase() async throws {
        let (fixture, _) = try await warm()
        let host = try await fixture.provider("host", ["VCPU": 4, "MEMORY_MB": 100])
        let other = try await PlacementFixture(on: fixture)
        let taken = PlacementFixture.newID()
        #expect(try await other.claim(taken, [host: ["VCPU": 4]]).status == 204)
        let full = try await fixture.claim(PlacementFixture.newID(), [host: ["VCPU": 1, "MEMORY_MB": 1]])
        #expect(full.status == 409 && full.detail.contains("exceed the capacity"))
        #expect(try await fixture.claim(taken, [host: ["MEMORY_MB": 1]]).code == "placement.concurrent_update")
        try await other.set(["VCPU": ["total": 8], "MEMORY_MB": ["total": 100, "step_size": 10]], of: host)
        let odd = try await fixture.claim(PlacementFixture.newID(), [host: ["MEMORY_MB": 15]])
        #expect(odd.status == 409 && odd.detail.contains("multiple of 10"))
        try await other.set(
            ["VCPU": ["total": 8], "MEMORY_MB": ["total": 100, "min_unit": 10, "max_unit": 20]], of: host)
        #expect(try await fixture.claim(PlacementFixture.newID(), [host: ["MEMORY_MB": 9]]).status == 409)
        #expect(try await fixture.claim(PlacementFixture.newID(), [host: ["MEMORY_MB": 21]]).status == 409)
        let last = PlacementFixture.newID()
        #expect(try await fixture.claim(last, [host: ["MEMORY_MB": 20]]).status == 204)
        #expect(try await fixture.claim(PlacementFixture.newID(), [host: ["VCPU": 4]]).status == 204)
        #expect(try await other.call(.delete, "/allocations/\(last)").status == 204)
        #expect(try await other.set(["VCPU": ["total": 8]], of: host).status == 200)
        #expect(try await fixture.claim(PlacementFixture.newID(), [host: ["MEMORY_MB": 10]]).status == 409)
    }
}
