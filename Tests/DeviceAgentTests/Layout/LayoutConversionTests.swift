import API
import Clients
import Drivers
import FoundationEssentials
import Host
import Link
import Model
import TestAgent
import TestPlacement
import TestWatched
import Testing

@testable import Agent
@testable import DeviceAgent

/// A host whose functions are in use goes from a provider each to groups, and back: whole, cut off at every write and every call,
/// and turned back in the middle. Nothing that is held is lost, and nothing is offered twice.
@Suite(.timeLimit(.minutes(30))) struct LayoutConversionTests {
    private final class World: Sendable {
        let placement = MemoryPlacement()
        let disk = MemoryDisk()
        let link = ScriptedLink()
        let root = ResourceProviderID(UUID())
        let consumers = (0..<4).map { _ in ConsumerID(UUID()) }
        let devices: [DeviceReport]

        /// Six functions of node 0 and two of node 1.
        init() {
            devices = (0..<8).map { number in
                var one = device("h1_\(number)", path: "p\(number)")
                one.facts["numa_node"] = number < 6 ? "0" : "1"
                return one
            }
            let root = root
            placement.state.change { state in
                state.providers[root] = .init(name: "h1", inventories: [.vcpu: Inventory(total: 64)])
                state.classes.insert(.vcpu)
            }
        }

        static func id(_ number: Int) -> ResourceProviderID { ProviderNames.identifier(ofProvider: "h1_\(number)") }

        func agent(_ layout: ProviderLayout, _ life: Life = Life()) throws -> DeviceParty {
            placement.begin(life)
            return try DeviceParty(
                discoverer: Discoverer(host: "h1", root: SysfsRoot(MemoryTree()), drivers: []), link: link,
                placement: placement,
                options: .init(
                    rootProvider: "h1", makesRootProvider: false, layout: layout),
                partitioner: nil, disk: MortalDisk(disk: disk, life: life), time: .system, ids: .random, wait: quick,
                metrics: MetricsRegistry(), logger: quiet)
        }

        /// What an agent does at its first look, until Placement stands.
        @discardableResult
        func settle(_ layout: ProviderLayout, _ life: Life = Life()) async throws -> [HostCondition] {
            let agent = try agent(layout, life)
            await agent.intent.withhold([])
            guard
                let done = try? await agent.settleLayout(devices, isComplete: true, drivers: [], conditions: [])
            else { return [] }
            let arranged = await agent.arranged(devices, done.layout)
            let (wanted, _) = WantedProvider.all(of: arranged, withheld: [])
            _ = await agent.reconciler.reconcile(wanted, isComplete: true)
            return done.conditions
        }

        /// Two functions are bound, one is claimed and not bound yet, one is an administrator's; two belong to one server that
        /// has processors of the host as well.
        func use() {
            placement.state.change { state in
                for (consumer, number) in [(0, 1), (1, 3), (2, 5), (3, 6)] {
                    state.providers[Self.id(number)]?.allocations[consumers[consumer]] = [.fpga: 1]
                }
                state.providers[Self.id(7)]?.allocations[consumers[0]] = [.fpga: 1]
                state.providers[root]?.allocations[consumers[0]] = [.vcpu: 4]
                state.providers[Self.id(0)]?.inventories[.fpga]?.reserved = 1
                state.providers[Self.id(0)]?.generation += 1
            }
            link.held.change { $0 = holdings(by: { Self.id($0) }) }
        }

        func holdings(by provider: (Int) -> ResourceProviderID) -> [HandleHolding] {
            [(0, 1), (1, 3), (3, 6), (0, 7)].map { consumer, number in
                HandleHolding(
                    instance: InstanceID(consumers[consumer].uuid), provider: provider(number), driver: "scripted",
                    info: ["name": "h1_\(number)"])
            }
        }

        /// What each consumer holds in all, by class.
        var held: [ConsumerID: [String: Int]] {
            var held: [ConsumerID: [String: Int]] = [:]
            for provider in placement.state.value.providers.values {
                for (consumer, amounts) in provider.allocations {
                    for (name, amount) in amounts { held[consumer, default: [:]][name.name, default: 0] += amount }
                }
            }
            return held
        }

        /// Free units of the class, wherever.
        var free: Int {
            placement.state.value.providers.values.reduce(0) { sum, provider in
                guard let inventory = provider.inventories[.fpga] else { return sum }
                let used = provider.allocations.values.reduce(0) { $0 + ($1[.fpga] ?? 0) }
                return sum + max(0, inventory.total - inventory.reserved - used)
            }
        }

        /// Name, inventory and use of each of the host's own providers.
        var picture: [String: String] {
            var picture: [String: String] = [:]
            for (id, provider) in placement.state.value.providers where id != root {
                let inventory = provider.inventories[.fpga]
                let used = provider.allocations.values.reduce(0) { $0 + ($1[.fpga] ?? 0) }
                picture[provider.name] = "\(inventory?.total ?? 0)-\(inventory?.reserved ?? 0)-\(used)"
            }
            return picture
        }
    }

    private static let grouped = [
        "h1_FPGA_0xABCD_m_FPGA_numa0": "6-1-3", "h1_FPGA_0xABCD_m_FPGA_numa1": "2-0-2",
    ]

    private func inUse() async throws -> World {
        let world = World()
        try await world.settle(.legacy)
        world.use()
        return world
    }

    @Test func thereAndBack() async throws {
        let world = try await inUse()
        let (before, held) = (world.picture, world.held)
        #expect(before.count == 8 && world.free == 2)
        try await world.settle(.grouped)
        #expect(world.picture == Self.grouped)
        #expect(world.held == held && world.free == 2)
        #expect(world.link.heard.value.reports.last?.devices.count == 2)
        let traits = world.placement.state.value.providers.values.first { $0.name.hasSuffix("numa1") }?.traits
        #expect(traits == [Trait(unchecked: "CUSTOM_T"), Trait(unchecked: "CUSTOM_NUMA_NODE_1")])

        let group = { (number: Int) in
            ProviderNames.identifier(ofProvider: "h1_FPGA_0xABCD_m_FPGA_numa\(number < 6 ? 0 : 1)")
        }
        world.link.held.change { $0 = world.holdings(by: group) }
        try await world.settle(.legacy)
        #expect(world.held == held && world.free == 2)
        // What is bound is where its handle is; what was only claimed, and what is reserved, is on some function of its node.
        let state = world.placement.state.value
        for (consumer, number) in [(0, 1), (1, 3), (3, 6), (0, 7)] {
            #expect(state.providers[World.id(number)]?.allocations[world.consumers[consumer]] == [.fpga: 1])
        }
        #expect(world.picture.values.sorted() == before.values.sorted())
        #expect(world.link.heard.value.reports.last?.devices == world.devices)
    }

    private static let nodes = [
        "h1_numa0": "0-0-0", "h1_numa1": "0-0-0", "h1_numa0_FPGA_0xABCD_m_FPGA_numa0": "6-1-3",
        "h1_numa1_FPGA_0xABCD_m_FPGA_numa1": "2-0-2",
    ]

    /// NUMA nodes between the host and its groups, from groups and back.
    @Test func nodesComeAndGo() async throws {
        let world = try await inUse()
        let held = world.held
        try await world.settle(.grouped)
        world.link.held.change {
            $0 = world.holdings { ProviderNames.identifier(ofProvider: "h1_FPGA_0xABCD_m_FPGA_numa\($0 < 6 ? 0 : 1)") }
        }
        try await world.settle(.numa)
        #expect(world.picture == Self.nodes && world.held == held && world.free == 2)
        let providers = world.placement.state.value.providers
        for node in 0...1 {
            let id = ProviderNames.identifier(ofProvider: "h1_numa\(node)")
            #expect(providers[id]?.parent == world.root && providers[id]?.inventories.isEmpty == true)
            #expect(providers[id]?.traits == [Trait(unchecked: "HW_NUMA_ROOT")])
            let group = ProviderNames.identifier(ofProvider: "h1_numa\(node)_FPGA_0xABCD_m_FPGA_numa\(node)")
            #expect(providers[group]?.parent == id)
            #expect(providers[group]?.traits.contains(Trait(unchecked: "CUSTOM_NUMA_NODE_\(node)")) == true)
        }
        world.link.held.change {
            $0 = world.holdings { number in
                let node = number < 6 ? 0 : 1
                return ProviderNames.identifier(ofProvider: "h1_numa\(node)_FPGA_0xABCD_m_FPGA_numa\(node)")
            }
        }
        try await world.settle(.grouped)
        #expect(world.picture == Self.grouped && world.held == held && world.free == 2)
    }

    @Test func nodesCutOffAnywhereGoOnOrAreUndone() async throws {
        let world = try await inUse()
        let before = world.picture.values.sorted()
        let whole = Life()
        try await world.settle(.numa, whole)
        #expect(world.picture == Self.nodes)
        for operation in 0..<whole.operations {
            for takesEffect in [false, true] {
                let place = "operation \(operation), effect \(takesEffect)"
                for goal in [ProviderLayout.numa, .legacy] {
                    let world = try await inUse()
                    let held = world.held
                    try await world.settle(.numa, Life(endsAt: operation, takesEffect: takesEffect))
                    #expect(world.held == held && world.free <= 2, "\(place)")
                    try await world.settle(goal)
                    if goal == .numa {
                        #expect(world.picture == Self.nodes, "\(place)")
                    } else {
                        // A node is empty and goes at the latest with the next pass.
                        #expect(
                            world.picture.filter { $0.value != "0-0-0" }.values.sorted() == before, "\(place)")
                    }
                    #expect(world.held == held && world.free == 2, "\(place)")
                }
            }
        }
    }

    @Test func nothingToDoIsNothingDone() async throws {
        let world = try await inUse()
        let calls = world.placement.state.value.calls.count
        let agent = try world.agent(.legacy)
        let done = try await agent.settleLayout(world.devices, isComplete: true, drivers: [], conditions: [])
        #expect(done.layout == .legacy && done.conditions.isEmpty)
        #expect(world.placement.state.value.calls.count == calls)
        #expect(world.link.heard.value.reports.isEmpty)
    }

    @Test func cutOffAnywhereItGoesOn() async throws {
        let world = try await inUse()
        let whole = Life()
        try await world.settle(.grouped, whole)
        #expect(whole.operations > 20)
        for operation in 0..<whole.operations {
            for takesEffect in [false, true] {
                let world = try await inUse()
                let held = world.held
                let life = Life(endsAt: operation, takesEffect: takesEffect)
                try await world.settle(.grouped, life)
                let place = "operation \(operation), effect \(takesEffect)"
                #expect(world.held == held && world.free <= 2, "\(place)")
                try await world.settle(.grouped)
                #expect(world.picture == Self.grouped, "\(place)")
                #expect(world.held == held && world.free == 2, "\(place)")
            }
        }
    }

    @Test func turnedBackAnywhereItIsUndone() async throws {
        let world = try await inUse()
        let before = world.picture.values.sorted()
        let whole = Life()
        try await world.settle(.grouped, whole)
        for operation in 0..<whole.operations {
            for takesEffect in [false, true] {
                let world = try await inUse()
                let held = world.held
                try await world.settle(.grouped, Life(endsAt: operation, takesEffect: takesEffect))
                // The operator takes the option back.
                try await world.settle(.legacy)
                let place = "operation \(operation), effect \(takesEffect)"
                #expect(world.picture.values.sorted() == before, "\(place)")
                #expect(world.held == held && world.free == 2, "\(place)")
            }
        }
    }

    @Test func whoClaimsMeanwhileIsCounted() async throws {
        let world = try await inUse()
        let newcomer = ConsumerID(UUID())
        // Somebody claims a function between the plan and the step; once.
        let isSpoilt = Watched(false)
        world.placement.spoil { call, _ in
            guard call == "holdings" else { return nil }
            return isSpoilt.change { done in
                guard !done else { return nil }
                done = true
                world.placement.state.change { state in
                    state.providers[World.id(2)]?.allocations[newcomer] = [.fpga: 1]
                    state.providers[World.id(2)]?.generation += 1
                }
                return nil
            }
        }
        try await world.settle(.grouped)
        #expect(world.held[newcomer] == ["FPGA": 1] && world.free == 1)
        #expect(world.picture["h1_FPGA_0xABCD_m_FPGA_numa0"] == "6-1-4")
    }

    @Test func aRefusalLeavesTheHostAsItIs() async throws {
        let world = try await inUse()
        let before = world.picture
        world.placement.spoil { call, _ in call == "reshape" ? .refused(.badRequest("No.")) : nil }
        let conditions = try await world.settle(.grouped)
        #expect(conditions.map(\.kind) == [.layout] && conditions.map(\.subject) == ["grouped"])
        #expect(world.picture == before)
        let incomplete = try await world.agent(.grouped).settleLayout(
            world.devices, isComplete: false, drivers: [], conditions: [])
        #expect(incomplete.layout == .legacy)
        #expect(incomplete.conditions.first?.reason.contains("every driver answers") == true)
    }

    /// The bar: a thousand functions, all of them bound.
    @Test func aThousandBoundFunctions() async throws {
        let legacy = (0..<1000).map { number in device("h1_\(number)", path: "p\(number)") }
        let grouped = ProviderLayout.grouped.arranged(legacy, on: "h1")
        let group = try #require(grouped.first?.deployables.first)
        var inventories: [ResourceProviderID: InventoriesView] = [
            group.resourceProvider: InventoriesView(generation: 1, inventories: [:])
        ]
        var holdings: [ConsumerHolding] = []
        var handles: [HandleHolding] = []
        for number in 0..<1000 {
            let (id, consumer) = (World.id(number), UUID())
            inventories[id] = InventoriesView(generation: 2, inventories: [.fpga: Inventory(total: 1, maxUnit: 1)])
            holdings.append(
                ConsumerHolding(
                    consumer: ConsumerID(consumer), allocations: [id: [.fpga: 1]], project: "p", user: "u",
                    generation: 1))
            handles.append(
                HandleHolding(
                    instance: InstanceID(consumer), provider: id, driver: "scripted", info: ["name": "h1_\(number)"]))
        }
        let plan = try ReshapePlan(
            from: legacy, to: grouped,
            .init(inventories: inventories, holdings: holdings, handles: handles, reserved: [:]))
        #expect(plan.moved == 1000)
        #expect(plan.reshape.inventories[group.resourceProvider]?.inventories[.fpga]?.total == 1000)
        #expect(plan.reshape.holdings.allSatisfy { $0.allocations == [group.resourceProvider: [.fpga: 1]] })
        // And back, each to where its handle is.
        for index in handles.indices { handles[index].provider = group.resourceProvider }
        let back = try ReshapePlan(
            from: grouped, to: legacy,
            .init(inventories: inventories, holdings: plan.reshape.holdings, handles: handles, reserved: [:]))
        #expect(back.moved == 1000)
        #expect(
            back.reshape.holdings.sorted { $0.consumer < $1.consumer }
                == holdings.sorted { $0.consumer < $1.consumer })
    }
}
