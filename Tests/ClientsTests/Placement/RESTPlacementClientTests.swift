import Clients
import Model
import Synchronization
import TestKeystone
import Testing

/// The time-outs are long, so that a machine with other work to do fails none of these.
@Suite(.timeLimit(.minutes(30))) struct RESTPlacementClientTests {
    let ids = IDSource.random
    let custom = ResourceClass(unchecked: "CUSTOM_QAT")
    let mark = Trait(unchecked: "CUSTOM_FAST")

    /// A client that found the stub by the catalog of a session.
    private func run(
        _ body: @Sendable (any PlacementClient, StubPlacement) async throws -> Void
    ) async throws {
        let stub = StubPlacement()
        try await stub.run { port in
            let keystone = FakeKeystone(placement: "http://127.0.0.1:\(port)/placement")
            try await body(keystone.placement(), stub)
        }
    }

    @Test func `a subtree is made, found, filled and removed`() async throws {
        try await run { placement, stub in
            let root: ResourceProviderID = ids.next()
            let leaf: ResourceProviderID = ids.next()
            #expect(try await placement.provider(root) == nil)
            #expect(try await placement.tree(of: root) == [])
            let made = try await placement.createProvider(root, name: "compute 1/ä&b=c", parent: nil)
            #expect(
                made
                    == ResourceProviderView(
                        id: root, name: "compute 1/ä&b=c", generation: 0, parent: nil, root: root))
            let child = try await placement.createProvider(leaf, name: "leaf", parent: root)
            #expect(child.parent == root)
            #expect(child.root == root)
            #expect(try await placement.provider(named: "compute 1/ä&b=c") == made)
            #expect(try await placement.provider(named: "compute") == nil)
            #expect(try await placement.provider(leaf) == child)
            #expect(Set(try await placement.tree(of: leaf).map(\.id)) == [root, leaf])

            try await placement.ensure(resourceClass: custom)
            try await placement.ensure(resourceClass: custom)
            let inventory = Inventory(total: 16, reserved: 16, maxUnit: 16, allocationRatio: 1.5)
            #expect(
                try await placement.setInventories(of: leaf, generation: 0, to: [custom: inventory, .vcpu: inventory])
                    == 1)
            #expect(
                try await placement.inventories(of: leaf)
                    == InventoriesView(generation: 1, inventories: [custom: inventory, .vcpu: inventory]))
            try await placement.ensure(trait: mark)
            try await placement.ensure(trait: Trait(unchecked: "HW_CPU_X86_AVX2"))
            #expect(try await placement.setTraits(of: leaf, generation: 1, to: [mark]) == 2)
            #expect(try await placement.traits(of: leaf) == TraitsView(generation: 2, traits: [mark]))

            let consumer: ConsumerID = ids.next()
            stub.state.withLock { $0.allocations["\(consumer)"] = ["CUSTOM_QAT": 3] }
            #expect(try await placement.allocations(of: leaf) == [consumer: [custom: 3]])
            let held = await #expect(throws: Fault.self) { try await placement.deleteProvider(leaf) }
            #expect(held?.code == "placement.resource_provider.inuse")
            stub.state.withLock { $0.allocations = [:] }
            try await placement.deleteProvider(leaf)
            try await placement.deleteProvider(leaf)
            #expect(try await placement.provider(leaf) == nil)
            #expect(Set(stub.state.withLock { $0.versions }) == ["1.26"])
            #expect(Set(stub.state.withLock { $0.tokens }) == ["service-1"])
        }
    }

    @Test func `a generation that moved is a conflict with its code`() async throws {
        try await run { placement, _ in
            let id: ResourceProviderID = ids.next()
            _ = try await placement.createProvider(id, name: "host", parent: nil)
            _ = try await placement.setInventories(of: id, generation: 0, to: [.vcpu: Inventory(total: 1)])
            let inventories = await #expect(throws: Fault.self) {
                try await placement.setInventories(of: id, generation: 0, to: [.vcpu: Inventory(total: 2)])
            }
            let traits = await #expect(throws: Fault.self) {
                try await placement.setTraits(of: id, generation: 0, to: [])
            }
            for fault in [inventories, traits] {
                #expect(fault?.kind == .conflict)
                // The code is the service's from 1.23 on; the sentence is the last line of its detail.
                #expect(fault?.code == RESTPlacementClient.concurrentUpdate)
                #expect(fault?.message == "resource provider generation conflict")
            }
        }
    }

    @Test func `the service's own faults come through with their sentences`() async throws {
        try await run { placement, stub in
            let id: ResourceProviderID = ids.next()
            let missing = await #expect(throws: Fault.self) { try await placement.inventories(of: id) }
            #expect(missing?.kind == .notFound)
            #expect(missing?.message == "No resource provider with uuid \(id)")
            _ = try await placement.createProvider(id, name: "host", parent: nil)
            let taken = await #expect(throws: Fault.self) {
                try await placement.createProvider(ids.next(), name: "host", parent: nil)
            }
            #expect(taken?.code == "placement.duplicate_name")
            let unknown = await #expect(throws: Fault.self) {
                try await placement.setInventories(of: id, generation: 0, to: [custom: Inventory(total: 1)])
            }
            #expect(unknown?.kind == .badRequest)
            #expect(unknown?.message.hasSuffix("No such resource class CUSTOM_QAT.") == true)
            let old = await #expect(throws: Fault.self) {
                try await placement.ensure(trait: Trait(unchecked: "HW_TOO_NEW"))
            }
            #expect(old?.kind == .notFound)
            stub.state.withLock { $0.trouble = .forbidden("no") }
            let forbidden = await #expect(throws: Fault.self) { try await placement.provider(id) }
            #expect(forbidden?.kind.status == 403)
        }
    }

    @Test func `trouble that is not the request's is 503`() async throws {
        try await run { placement, stub in
            let id: ResourceProviderID = ids.next()
            for status in [500, 502, 429] {
                stub.state.withLock {
                    $0.trouble = Fault(
                        .init(status: status, title: "x"), "secret", headers: [.init("Retry-After", "7")])
                }
                let fault = await #expect(throws: Fault.self) { try await placement.provider(id) }
                #expect(fault?.kind == .unavailable)
                #expect(fault?.message.contains("secret") == false)
                #expect(fault?.headers == [.init("Retry-After", "7")])
            }
            stub.state.withLock { $0.trouble = Fault(.notAcceptable, "Unacceptable version header: 1.26") }
            let old = await #expect(throws: Fault.self) { try await placement.provider(id) }
            #expect(old?.kind == .unavailable)
            #expect(old?.message.contains("1.26") == true)
            stub.state.withLock {
                $0.trouble = nil
                $0.nonsense = "{\"uuid\": 7}"
            }
            let nonsense = await #expect(throws: Fault.self) { try await placement.provider(id) }
            #expect(nonsense?.kind == .badGateway)
        }
    }

    @Test func `a token that is refused is renewed once`() async throws {
        let stub = StubPlacement()
        let good = Mutex("service-2")
        try await stub.run(accepting: { token in good.withLock { $0 } == token }) { port in
            let keystone = FakeKeystone(placement: "http://127.0.0.1:\(port)/placement")
            let placement = keystone.placement()
            let tree = try await placement.tree(of: ids.next())
            #expect(tree == [])
            #expect(keystone.signIns == 2)
            good.withLock { $0 = "nobody's" }
            let fault = await #expect(throws: Fault.self) { try await placement.tree(of: ids.next()) }
            #expect(fault?.kind == .unavailable)
            #expect(keystone.signIns == 3)
        }
    }

    @Test func `a service that cannot be found or reached is 503`() async throws {
        let nowhere = FakeKeystone(placement: nil).placement(region: "two")
        let unknown = await #expect(throws: Fault.self) { try await nowhere.tree(of: ids.next()) }
        #expect(unknown?.kind == .unavailable)
        let context = try #require(unknown?.context)
        #expect(context.contains("region 'two'"))
        let freed = Mutex(0)
        try await StubPlacement().run { port in freed.withLock { $0 = port } }
        let gone = FakeKeystone(placement: "http://127.0.0.1:\(freed.withLock { $0 })").placement()
        let unreachable = await #expect(throws: Fault.self) { try await gone.tree(of: ids.next()) }
        #expect(unreachable?.kind == .unavailable)
    }
}
