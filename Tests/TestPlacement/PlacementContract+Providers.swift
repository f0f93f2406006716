import Clients
import Model
import Testing

extension PlacementContract {
    static let providers = [
        Self("a subtree is made, found and removed") { placement in
            let client = placement.client
            let (root, leaf) = (id(), id())
            let name = "compute \(root) ä&b=c"
            #expect(try await client.provider(root) == nil)
            #expect(try await client.tree(of: root) == [])
            let made = try await client.createProvider(root, name: name, parent: nil)
            #expect(made == ResourceProviderView(id: root, name: name, generation: 0, parent: nil, root: root))
            let child = try await client.createProvider(leaf, name: "leaf \(leaf)", parent: root)
            #expect(child.parent == root && child.root == root)
            #expect(try await client.provider(leaf) == child)
            #expect(try await client.provider(named: name) == made)
            #expect(try await client.provider(named: "compute \(root)") == nil)
            #expect(Set(try await client.tree(of: leaf).map(\.id)) == [root, leaf])
            await refuses(409, "placement.resource_provider.cannot_delete_parent") {
                try await client.deleteProvider(root)
            }
            try await client.deleteProvider(leaf)
            try await client.deleteProvider(leaf)
            try await client.deleteProvider(root)
            #expect(try await client.provider(root) == nil)
        },
        Self("a name is taken once, and a parent must be there") { placement in
            let client = placement.client
            let (root, _, _) = try await tree(client)
            await refuses(409, "placement.duplicate_name") {
                _ = try await client.createProvider(id(), name: "root \(root)", parent: nil)
            }
            await refuses(400) { _ = try await client.createProvider(id(), name: "x \(id())", parent: id()) }
        },
        Self("what is not there is said") { placement in
            let client = placement.client
            let nobody = id()
            await refuses(404) { _ = try await client.inventories(of: nobody) }
            await refuses(404) { _ = try await client.traits(of: nobody) }
            await refuses(404) { _ = try await client.allocations(of: nobody) }
            await refuses(404) { _ = try await client.setTraits(of: nobody, generation: 0, to: []) }
            await refuses(404) { _ = try await client.setInventories(of: nobody, generation: 0, to: [:]) }
            let views = try await client.inventories(of: [nobody])
            let held = try await client.holdings(on: [nobody])
            #expect(views == [:] && held == [])
        },
        Self("what is in use stays") { placement in
            let client = placement.client
            let (_, leaf, _) = try await tree(client)
            let consumer: ConsumerID = IDSource.random.next()
            try await placement.claim(consumer, [leaf: [gpu: 3]])
            #expect(try await client.allocations(of: leaf) == [consumer: [gpu: 3]])
            await refuses(409, "placement.resource_provider.inuse") { try await client.deleteProvider(leaf) }
            let generation = try await client.inventories(of: leaf).generation
            await refuses(409, "placement.inventory.inuse") {
                _ = try await client.setInventories(of: leaf, generation: generation, to: [:])
            }
        },
    ]
}
