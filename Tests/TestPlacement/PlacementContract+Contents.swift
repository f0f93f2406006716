import Clients
import Model
import Testing

extension PlacementContract {
    static let contents = [
        Self("inventories and traits are replaced as a whole, from a generation") { placement in
            let client = placement.client
            let (_, leaf, first) = try await tree(client)
            let inventory = Inventory(total: 16, reserved: 16, maxUnit: 16, allocationRatio: 1.5)
            try await client.ensure(resourceClass: nic)
            let second = try await client.setInventories(of: leaf, generation: first, to: [nic: inventory])
            #expect(second > first)
            #expect(
                try await client.inventories(of: leaf)
                    == InventoriesView(generation: second, inventories: [nic: inventory]))
            try await client.ensure(trait: fast)
            let third = try await client.setTraits(of: leaf, generation: second, to: [fast, .ownerCyborg])
            #expect(try await client.traits(of: leaf) == TraitsView(generation: third, traits: [fast, .ownerCyborg]))
            await refuses(409, concurrent) {
                _ = try await client.setInventories(of: leaf, generation: first, to: [nic: inventory])
            }
            await refuses(409, concurrent) { _ = try await client.setTraits(of: leaf, generation: first, to: []) }
            #expect(try await client.traits(of: leaf).traits == [fast, .ownerCyborg])
        },
        Self("classes and traits are made known, and may be known already") { placement in
            let client = placement.client
            let (_, leaf, generation) = try await tree(client)
            for _ in 0..<2 {
                try await client.ensure(resourceClass: nic)
                try await client.ensure(resourceClass: .fpga)
                try await client.ensure(trait: fast)
                try await client.ensure(trait: .ownerCyborg)
            }
            await refuses(400) {
                _ = try await client.setInventories(
                    of: leaf, generation: generation,
                    to: [ResourceClass(unchecked: "CUSTOM_CONTRACT_NOBODYS"): Inventory(total: 1)])
            }
            await refuses(400) {
                _ = try await client.setTraits(
                    of: leaf, generation: generation, to: [Trait(unchecked: "CUSTOM_CONTRACT_NOBODYS")])
            }
        },
        Self("a standard class or trait that the service does not know is refused") { placement in
            let client = placement.client
            await refuses(404) { try await client.ensure(resourceClass: ResourceClass(unchecked: "CONTRACT_NEWER")) }
            await refuses(404) { try await client.ensure(trait: Trait(unchecked: "HW_CONTRACT_NEWER")) }
        },
        Self("an inventory that cannot be is refused") { placement in
            let client = placement.client
            let (_, leaf, generation) = try await tree(client)
            for wrong in [
                Inventory(total: 0), Inventory(total: 4, reserved: 5), Inventory(total: 4, reserved: -1),
                Inventory(total: 4, stepSize: 0), Inventory(total: 4, allocationRatio: 1e300),
            ] {
                await refuses(400) {
                    _ = try await client.setInventories(of: leaf, generation: generation, to: [gpu: wrong])
                }
            }
        },
    ]
}
