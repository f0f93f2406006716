import Clients
import Foundation
import Model
import Testing

private enum RealPlacement {
    static let url = ProcessInfo.processInfo.environment["KILONOVA_TEST_PLACEMENT"]
}

/// Against a Placement that runs already with `auth_strategy=noauth2`, where `KILONOVA_TEST_PLACEMENT` is its address.
@Suite(.enabled(if: RealPlacement.url != nil)) struct RealPlacementTests {
    let ids = IDSource.random

    private func client() throws -> RESTPlacementClient {
        let base = try #require(RealPlacement.url)
        let transport = try NetworkTransport(base: base, name: PeerService.placement.name)
        return RESTPlacementClient(
            peer: ServicePeer(.placement, transport: transport, tokens: UserToken(Secret("admin"))))
    }

    @Test func `a subtree is made, found, filled and removed`() async throws {
        let placement = try client()
        let root: ResourceProviderID = ids.next()
        let leaf: ResourceProviderID = ids.next()
        let name = "kilonova \(root) ä&=/"
        #expect(try await placement.provider(root) == nil)
        #expect(try await placement.tree(of: root) == [])
        let made = try await placement.createProvider(root, name: name, parent: nil)
        #expect(made == ResourceProviderView(id: root, name: name, generation: 0, parent: nil, root: root))
        let child = try await placement.createProvider(leaf, name: "leaf of \(root)", parent: root)
        #expect(child.parent == root)
        #expect(try await placement.provider(named: name) == made)
        #expect(try await placement.provider(named: name + "?") == nil)
        #expect(Set(try await placement.tree(of: leaf).map(\.id)) == [root, leaf])

        let custom = ResourceClass(unchecked: "CUSTOM_KILONOVA_TEST")
        let mark = Trait(unchecked: "CUSTOM_KILONOVA_TEST")
        for _ in 0..<2 {
            try await placement.ensure(resourceClass: custom)
            try await placement.ensure(resourceClass: .fpga)
            try await placement.ensure(trait: mark)
            try await placement.ensure(trait: .ownerCyborg)
        }
        let inventory = Inventory(total: 16, reserved: 16, maxUnit: 16, allocationRatio: 1.5)
        let generation = try await placement.setInventories(of: leaf, generation: 0, to: [custom: inventory])
        #expect(generation == 1)
        let view = try await placement.inventories(of: leaf)
        #expect(view == InventoriesView(generation: 1, inventories: [custom: inventory]))
        let second = try await placement.setTraits(of: leaf, generation: 1, to: [mark, .ownerCyborg])
        #expect(try await placement.traits(of: leaf) == TraitsView(generation: second, traits: [mark, .ownerCyborg]))
        #expect(try await placement.allocations(of: leaf) == [:])

        let parent = await #expect(throws: Fault.self) { try await placement.deleteProvider(root) }
        #expect(parent?.kind == .conflict)
        try await placement.deleteProvider(leaf)
        try await placement.deleteProvider(leaf)
        try await placement.deleteProvider(root)
        #expect(try await placement.provider(root) == nil)
    }

    @Test func `refusals come through`() async throws {
        let placement = try client()
        let id: ResourceProviderID = ids.next()
        let missing = await #expect(throws: Fault.self) { try await placement.inventories(of: id) }
        #expect(missing?.kind == .notFound)
        _ = try await placement.createProvider(id, name: "kilonova \(id)", parent: nil)
        let taken = await #expect(throws: Fault.self) {
            try await placement.createProvider(ids.next(), name: "kilonova \(id)", parent: nil)
        }
        #expect(taken?.kind == .conflict)
        #expect(taken?.code == "placement.duplicate_name")
        for inventories in [true, false] {
            let stale = await #expect(throws: Fault.self) {
                _ =
                    inventories
                    ? try await placement.setInventories(of: id, generation: 7, to: [.vcpu: Inventory(total: 1)])
                    : try await placement.setTraits(of: id, generation: 7, to: [.ownerCyborg])
            }
            #expect(stale?.kind == .conflict)
            #expect(stale?.code == RESTPlacementClient.concurrentUpdate)
        }
        let unknown = await #expect(throws: Fault.self) {
            try await placement.setInventories(
                of: id, generation: 0, to: [ResourceClass(unchecked: "CUSTOM_NOBODY_S"): Inventory(total: 1)])
        }
        #expect(unknown?.kind == .badRequest)
        let old = await #expect(throws: Fault.self) {
            try await placement.ensure(trait: Trait(unchecked: "HW_NO_SUCH"))
        }
        #expect(old?.kind == .notFound)
        try await placement.deleteProvider(id)
    }
}
