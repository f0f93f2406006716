import Clients
import Model
import Testing

extension PlacementContract {
    static let reshapes = [
        Self("holdings are all that a consumer has, on whatever provider") { placement in
            let client = placement.client
            let (one, two) = (try await tree(client), try await tree(client))
            let consumers: [ConsumerID] = [IDSource.random.next(), IDSource.random.next()].sorted()
            try await placement.claim(consumers[0], [one.leaf: [gpu: 1], two.leaf: [gpu: 2]])
            try await placement.claim(consumers[1], [one.leaf: [gpu: 3]])
            let held = try await client.holdings(on: [one.leaf])
            #expect(held.map(\.consumer) == consumers)
            #expect(held.first?.allocations == [one.leaf: [gpu: 1], two.leaf: [gpu: 2]])
            #expect(held.allSatisfy { $0.project == "p" && $0.user == "u" })
            #expect(try await client.holdings(on: [one.root]) == [])
            let views = try await client.inventories(of: [one.leaf, two.root])
            #expect(views[one.leaf]?.inventories == [gpu: Inventory(total: 4)])
            #expect(views[two.root]?.inventories == [:])
        },
        Self("a reshape moves what is in use with its inventory") { placement in
            let client = placement.client
            let (root, leaf, _) = try await tree(client)
            let consumer: ConsumerID = IDSource.random.next()
            try await placement.claim(consumer, [leaf: [gpu: 3]])
            try await client.reshape(try await moved(client, from: leaf, to: root, capacity: 4))
            #expect(try await client.allocations(of: root) == [consumer: [gpu: 3]])
            #expect(try await client.allocations(of: leaf) == [:])
            #expect(try await client.inventories(of: leaf).inventories == [:])
            #expect(try await client.holdings(on: [root]).map(\.allocations) == [[root: [gpu: 3]]])
        },
        Self("a reshape of what moved meanwhile, or does not fit, changes nothing") { placement in
            let client = placement.client
            let (root, leaf, _) = try await tree(client)
            let consumer: ConsumerID = IDSource.random.next()
            try await placement.claim(consumer, [leaf: [gpu: 3]])
            let tight = try await moved(client, from: leaf, to: root, capacity: 2)
            await refuses(409) { try await client.reshape(tight) }
            let stale = try await moved(client, from: leaf, to: root, capacity: 4)
            let generation = try await client.inventories(of: leaf).generation
            _ = try await client.setInventories(of: leaf, generation: generation, to: [gpu: Inventory(total: 5)])
            await refuses(409, concurrent) { try await client.reshape(stale) }
            #expect(try await client.allocations(of: leaf) == [consumer: [gpu: 3]])
            #expect(try await client.inventories(of: leaf).inventories == [gpu: Inventory(total: 5)])
            #expect(try await client.inventories(of: root).inventories == [:])
        },
    ]

    /// All of `gpu` that `old` has and lends, on `new`.
    private static func moved(
        _ client: any PlacementClient, from old: ResourceProviderID, to new: ResourceProviderID, capacity: Int
    ) async throws -> PlacementReshape {
        let seen = try await client.inventories(of: [old, new])
        let views = try [old, new].map { try #require(seen[$0]) }
        var holdings = try await client.holdings(on: [old])
        for index in holdings.indices {
            holdings[index].allocations[new] = holdings[index].allocations.removeValue(forKey: old)
        }
        return PlacementReshape(
            inventories: [
                old: InventoriesView(generation: views[0].generation, inventories: [:]),
                new: InventoriesView(
                    generation: views[1].generation, inventories: [gpu: Inventory(total: capacity)]),
            ], holdings: holdings)
    }
}
