import Clients
import Foundation
import LinkClient
import Model
import Placement
import TestPlacement
import TestWatched
import Testing

@testable import Fleet

/// What an agent may see and change of Placement without an account: its own host's tree, over real TLS and the real service.
@Suite(.timeLimit(.minutes(30))) struct HostPlacementTests {
    let host: HostName = "h1"
    let slot: ResourceClass = "CUSTOM_SLOT"

    /// Providers `h1` and `h2`, each with a child, and `h1`'s agent on the line.
    private func run(
        _ body: @Sendable (_ own: any PlacementClient, _ all: LocalPlacementClient, Tree) async throws -> Void
    ) async throws {
        try await AgentListener.run { listener in
            let link = try await listener.link(host, try await listener.enrol(host))
            _ = try await listener.enrol("h2")
            let all = listener.world.placement
            try await all.ensure(resourceClass: slot)
            var roots: [ResourceProviderID] = []
            var children: [ResourceProviderID] = []
            for name in ["h1", "h2"] {
                let root = try await all.createProvider(.init(UUID()), name: name, parent: nil)
                let child = "\(name)_0000:01:00.0"
                let id = ProviderNames.identifier(ofProvider: child)
                let made = try await all.createProvider(id, name: child, parent: root.id)
                _ = try await all.setInventories(of: id, generation: made.generation, to: [slot: Inventory(total: 2)])
                roots.append(root.id)
                children.append(id)
            }
            try await body(
                link.placement, all,
                Tree(root: roots[0], child: children[0], foreignRoot: roots[1], foreignChild: children[1]))
            await link.close()
        }
    }

    private struct Tree {
        let root: ResourceProviderID
        let child: ResourceProviderID
        let foreignRoot: ResourceProviderID
        let foreignChild: ResourceProviderID
    }

    private func fault(_ body: () async throws -> Void) async -> Fault? {
        do {
            try await body()
            return nil
        } catch {
            return error as? Fault
        }
    }

    @Test func `everything an agent does to its own tree goes through, faults with their codes`() async throws {
        try await run { own, all, tree in
            #expect(try await own.provider(named: "h1")?.id == tree.root)
            #expect(Set(try await own.tree(of: tree.root).map(\.id)) == [tree.root, tree.child])
            let name = "h1_0000:02:00.0"
            let id = ProviderNames.identifier(ofProvider: name)
            #expect(try await own.provider(id) == nil)
            let made = try await own.createProvider(id, name: name, parent: tree.root)
            #expect(made.root == tree.root && made.parent == tree.root)
            try await own.ensure(resourceClass: "CUSTOM_OTHER")
            try await own.ensure(trait: "CUSTOM_FAST")
            let held: [ResourceClass: Inventory] = [slot: Inventory(total: 4, reserved: 1, maxUnit: 4)]
            let after = try await own.setInventories(of: id, generation: made.generation, to: held)
            #expect(try await own.inventories(of: id) == InventoriesView(generation: after, inventories: held))
            let last = try await own.setTraits(of: id, generation: after, to: ["CUSTOM_FAST"])
            #expect(try await all.traits(of: id) == TraitsView(generation: last, traits: ["CUSTOM_FAST"]))
            #expect(try await own.traits(of: id).traits == ["CUSTOM_FAST"])

            let stale = await fault { _ = try await own.setInventories(of: id, generation: 0, to: held) }
            #expect(stale?.kind == .conflict && stale?.code == RESTPlacementClient.concurrentUpdate)
            let unknown = await fault { try await own.ensure(trait: "NO_STANDARD_TRAIT") }
            #expect(unknown?.kind == .notFound)
            #expect(try await own.allocations(of: id).isEmpty)
            #expect(try await own.inventories(of: [id, tree.child]).count == 2)
            try await own.deleteProvider(id)
            #expect(try await all.provider(id) == nil)
        }
    }

    @Test func `another host's tree is neither seen nor touched`() async throws {
        try await run { own, all, tree in
            let before = try await all.inventories(of: tree.foreignChild)
            #expect(try await own.provider(tree.foreignChild) == nil)
            #expect(try await own.provider(named: "h2") == nil)
            #expect(try await own.inventories(of: [tree.foreignChild, tree.child]).keys.sorted() == [tree.child])
            #expect(try await own.holdings(on: [tree.foreignChild]).isEmpty)
            let child = tree.foreignChild
            let everything: [() async throws -> Void] = [
                { _ = try await own.tree(of: tree.foreignRoot) },
                { _ = try await own.inventories(of: child) },
                { _ = try await own.traits(of: child) },
                { _ = try await own.allocations(of: child) },
                { _ = try await own.setInventories(of: child, generation: before.generation, to: [:]) },
                { _ = try await own.setTraits(of: child, generation: before.generation, to: []) },
                { try await own.deleteProvider(child) },
                { try await own.deleteProvider(tree.foreignRoot) },
                {
                    _ = try await own.createProvider(
                        ProviderNames.identifier(ofProvider: "h1_x"), name: "h1_x", parent: tree.foreignRoot)
                },
                {
                    try await own.reshape(
                        PlacementReshape(
                            inventories: [child: .init(generation: before.generation, inventories: [:])], holdings: []))
                },
            ]
            for (number, attempt) in everything.enumerated() {
                #expect(await fault(attempt)?.kind == .forbidden, "attempt \(number)")
            }
            #expect(try await all.inventories(of: child) == before)
        }
    }

    @Test func `the root is the compute service's, and no provider hides another host's`() async throws {
        try await run { own, all, tree in
            let root = try await all.inventories(of: tree.root)
            let written = await fault {
                _ = try await own.setInventories(
                    of: tree.root, generation: root.generation, to: [slot: .init(total: 1)])
            }
            #expect(written?.kind == .forbidden)
            #expect(await fault { try await own.deleteProvider(tree.root) }?.kind == .forbidden)
            // An id that another host's next device will have.
            let next = ProviderNames.identifier(ofProvider: "h2_0000:09:00.0")
            for name in ["h1_0000:09:00.0", "h2_0000:09:00.0"] {
                let made = await fault { _ = try await own.createProvider(next, name: name, parent: tree.root) }
                #expect(made?.kind == .forbidden, "\(name)")
            }
            let free = await fault { _ = try await own.createProvider(.init(UUID()), name: "h3", parent: nil) }
            #expect(free?.kind == .forbidden && free?.message.contains("keystone") == true)
        }
    }

    @Test func `a host may have its domain in Placement, but not the name of another host`() async throws {
        try await AgentListener.run { listener in
            let link = try await listener.link("node", try await listener.enrol("node"))
            _ = try await listener.enrol("node.b.example")
            let made = try await link.placement.createProvider(.init(UUID()), name: "node.a.example", parent: nil)
            #expect(try await link.placement.provider(named: "node.a.example") == made)
            for name in ["node.b.example", "node2", "nod", "other.node"] {
                let refused = await fault {
                    _ = try await link.placement.createProvider(.init(UUID()), name: name, parent: nil)
                }
                #expect(refused?.kind == .forbidden, "\(name)")
            }
            await link.close()
        }
    }

    @Test func `a reshape leaves what consumers hold elsewhere alone`() async throws {
        let (own, foreign) = (ResourceProviderID(UUID()), ResourceProviderID(UUID()))
        let root = ResourceProviderID(UUID())
        let consumer = ConsumerID(UUID())
        let world = MemoryPlacement()
        world.state.change { state in
            state.providers = [
                root: .init(name: "h1", generation: 1),
                own: .init(
                    name: "h1_a", generation: 1, parent: root, inventories: [slot: .init(total: 1)],
                    allocations: [consumer: [slot: 1]]),
                foreign: .init(
                    name: "shared", generation: 1, inventories: [.diskGB: .init(total: 100)],
                    allocations: [consumer: [.diskGB: 10]]),
            ]
            state.consumers[consumer] = 3
        }
        func reshapes() -> Int { world.state.value.calls.count { $0 == "reshape" } }
        let placement = HostPlacement(world, of: "h1") { _ throws(Fault) in false }
        func reshape(_ holding: ConsumerHolding) async -> Fault? {
            await fault {
                try await placement.reshape(
                    PlacementReshape(
                        inventories: [
                            own: .init(
                                generation: 1, inventories: [slot: .init(total: 1), "CUSTOM_OTHER": .init(total: 1)])
                        ],
                        holdings: [holding]))
            }
        }
        var moved = try #require(try await world.holdings(on: [own]).first)
        moved.allocations[own] = [slot: 1, "CUSTOM_OTHER": 1]
        #expect(await reshape(moved) == nil)
        #expect(reshapes() == 1)
        var greedy = moved
        greedy.allocations[foreign] = nil
        #expect(await reshape(greedy)?.code == RESTPlacementClient.concurrentUpdate)
        let stolen = ConsumerHolding(
            consumer: consumer, allocations: moved.allocations, project: "other", user: "u", generation: 3)
        #expect(await reshape(stolen)?.kind == .conflict)
        let stranger = ConsumerHolding(
            consumer: ConsumerID(UUID()), allocations: [own: [slot: 1]], project: "p", user: "u", generation: 0)
        #expect(await reshape(stranger)?.kind == .conflict)
        #expect(reshapes() == 1)
    }

    @Test func `where there is no Placement an agent learns what to configure`() async throws {
        try await AgentListener.run { listener in
            let service = AgentEndpoints.service(
                hub: listener.world.hub, reception: listener.world.reception, enrolment: listener.enrolment,
                authenticator: CertificateAuthenticator(store: listener.world.store))
            let tls = try listener.authority.listenerTLS(names: ["127.0.0.1"])
            try await AgentListener.serve(service, tls: tls) { port in
                let link = try await listener.link(
                    host, try await listener.enrol(host), to: "https://127.0.0.1:\(port)")
                let refused = await fault { _ = try await link.placement.provider(named: "h1") }
                #expect(refused?.kind == .unavailable && refused?.message.contains("keystone") == true)
                await link.close()
            }
        }
    }
}
