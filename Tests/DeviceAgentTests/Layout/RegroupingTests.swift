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

/// A class joins a card whose functions are in use, and leaves it again: the units go from their node's group to a provider of the
/// card's own and back, with what is held of them; whole, cut off at every write and every call, and taken back in the middle.
@Suite(.timeLimit(.minutes(30))) struct RegroupingTests {
    private static let (a, b) = (ResourceClass(unchecked: "CUSTOM_A"), ResourceClass(unchecked: "CUSTOM_B"))

    private final class World: Sendable {
        let placement = MemoryPlacement()
        let disk = MemoryDisk()
        let link = ScriptedLink()
        let root = ResourceProviderID(UUID())
        let consumers = (0..<4).map { _ in ConsumerID(UUID()) }

        init() {
            let root = root
            placement.state.change { state in state.providers[root] = .init(name: "h1") }
        }

        static let group = ProviderNames.identifier(ofProvider: "h1_FPGA_0xABCD_m_CUSTOM_A_numa0")
        static let card = ProviderNames.identifier(ofProvider: "h1_FPGA_0xABCD_m_0000:82:00.0")

        /// Four functions of each of two cards; of the first card those have class B.
        static func devices(_ small: Set<Int>) -> [DeviceReport] {
            (0..<8).map { number in
                var one = device("h1_\(number)", path: "p\(number)")
                one.facts = [
                    "numa_node": "0", "physical_function": number < 4 ? "0000:82:00.0" : "0000:83:00.0",
                ]
                one.deployables[0].resourceClass = small.contains(number) ? "CUSTOM_B" : "CUSTOM_A"
                return one
            }
        }

        /// What an agent does at one look.
        func look(_ small: Set<Int>, _ life: Life = Life()) async throws {
            placement.begin(life)
            let agent = try DeviceParty(
                discoverer: Discoverer(host: "h1", root: SysfsRoot(MemoryTree()), drivers: []), link: link,
                placement: placement,
                options: .init(
                    rootProvider: "h1", makesRootProvider: false, layout: .grouped),
                partitioner: nil, disk: MortalDisk(disk: disk, life: life), time: .system, ids: .random, wait: quick,
                metrics: MetricsRegistry(), logger: quiet)
            await agent.intent.withhold([])
            let layout = try await agent.settleLayout(
                Self.devices(small), isComplete: true, drivers: [], conditions: []
            ).layout
            let arranged = await agent.arranged(Self.devices(small), layout)
            try await agent.regroup(arranged, layout, drivers: [], conditions: [])
            let (wanted, _) = WantedProvider.all(of: arranged, withheld: [])
            _ = await agent.reconciler.reconcile(wanted, isComplete: true)
        }

        /// One function of each card is bound, another of the group is claimed and not bound yet, and one is an administrator's.
        func use() {
            placement.state.change { state in
                for consumer in consumers[0...2] {
                    state.providers[Self.group]?.allocations[consumer] = [RegroupingTests.a: 1]
                }
                state.providers[Self.group]?.inventories[RegroupingTests.a]?.reserved = 1
                state.providers[Self.group]?.generation += 1
            }
            record { _ in Self.group }
        }

        /// What the accelerator service has on record, after it took a report.
        func record(_ provider: (Int) -> ResourceProviderID) {
            let held = [(0, 1), (1, 5)].map { consumer, number in
                HandleHolding(
                    instance: InstanceID(consumers[consumer].uuid), provider: provider(number), driver: "scripted",
                    info: ["name": "h1_\(number)"], resourceClass: "CUSTOM_A")
            }
            link.held.change { $0 = held }
        }

        /// Total, reserved and used of each class of each of the host's providers.
        var picture: [String: String] {
            var picture: [String: String] = [:]
            for (id, provider) in placement.state.value.providers where id != root {
                picture[provider.name] = provider.inventories.sorted { $0.key < $1.key }.map { name, inventory in
                    let used = provider.allocations.values.reduce(0) { $0 + ($1[name] ?? 0) }
                    return "\(name) \(inventory.total)-\(inventory.reserved)-\(used)"
                }.joined(separator: " ")
            }
            return picture
        }

        var held: [ConsumerID: [String: Int]] {
            var held: [ConsumerID: [String: Int]] = [:]
            for provider in placement.state.value.providers.values {
                for (consumer, amounts) in provider.allocations {
                    for (name, amount) in amounts { held[consumer, default: [:]][name.name, default: 0] += amount }
                }
            }
            return held
        }

        func isHeld(_ consumer: Int, of provider: ResourceProviderID) -> Bool {
            placement.state.value.providers[provider]?.allocations[consumers[consumer]] == [RegroupingTests.a: 1]
        }
    }

    private func inUse() async throws -> World {
        let world = World()
        try await world.look([])
        world.use()
        return world
    }

    private static let alike = ["h1_FPGA_0xABCD_m_CUSTOM_A_numa0": "CUSTOM_A 8-1-3"]
    private static let mixed = [
        "h1_FPGA_0xABCD_m_CUSTOM_A_numa0": "CUSTOM_A 4-1-2",
        "h1_FPGA_0xABCD_m_0000:82:00.0": "CUSTOM_A 2-0-1 CUSTOM_B 2-0-0",
    ]

    @Test func aClassJoinsAndLeaves() async throws {
        let world = try await inUse()
        let held = world.held
        #expect(world.picture == Self.alike)
        try await world.look([2, 3])
        #expect(world.picture == Self.mixed && world.held == held)
        // Who holds a function of the card holds it there, the others where they did.
        #expect(world.isHeld(0, of: World.card) && world.isHeld(1, of: World.group) && world.isHeld(2, of: World.group))
        #expect(world.link.heard.value.reports.last?.devices.map(\.deployables.count) == [2, 1])
        world.record { $0 == 1 ? World.card : World.group }

        // Looked at again, nothing is done.
        let calls = world.placement.state.value.calls.count { $0 == "reshape" }
        try await world.look([2, 3])
        #expect(world.placement.state.value.calls.count { $0 == "reshape" } == calls)

        try await world.look([])
        #expect(world.picture == Self.alike && world.held == held)
        #expect(world.isHeld(0, of: World.group))
    }

    @Test("an agent that does not know what Placement holds asks who holds what")
    func withoutARecord() async throws {
        let world = try await inUse()
        let other = World()
        other.placement.state.change { $0 = world.placement.state.value }
        let held = world.held
        world.disk.replace(
            "state.json", with: Array(#"{"layout": {"current": "grouped", "reserved": {}, "isMoved": false}}"#.utf8))
        try await world.look([2, 3])
        #expect(world.isHeld(0, of: World.card) && world.held == held)
        #expect(world.picture["h1_FPGA_0xABCD_m_0000:82:00.0"] == "CUSTOM_A 2-0-1 CUSTOM_B 2-0-0")
    }

    @Test func cutOffAnywhereItGoesOn() async throws {
        let world = try await inUse()
        let whole = Life()
        try await world.look([2, 3], whole)
        #expect(whole.operations > 12)
        for operation in 0..<whole.operations {
            for takesEffect in [false, true] {
                let world = try await inUse()
                let held = world.held
                try? await world.look([2, 3], Life(endsAt: operation, takesEffect: takesEffect))
                let place = "operation \(operation), effect \(takesEffect)"
                #expect(world.held == held, "\(place)")
                try await world.look([2, 3])
                #expect(world.picture == Self.mixed, "\(place)")
                #expect(world.held == held && world.isHeld(0, of: World.card), "\(place)")
            }
        }
    }

    @Test func takenBackAnywhereItIsUndone() async throws {
        let world = try await inUse()
        let whole = Life()
        try await world.look([2, 3], whole)
        for operation in 0..<whole.operations {
            for takesEffect in [false, true] {
                let world = try await inUse()
                let held = world.held
                try? await world.look([2, 3], Life(endsAt: operation, takesEffect: takesEffect))
                try await world.look([])
                let place = "operation \(operation), effect \(takesEffect)"
                #expect(world.picture == Self.alike, "\(place)")
                #expect(world.held == held && world.isHeld(0, of: World.group), "\(place)")
            }
        }
    }

    @Test("a unit that changes its class takes nobody's claim with it")
    func claimsStayOfTheirClass() throws {
        let (old, new) = (
            ProviderLayout.grouped.arranged(World.devices([3]), on: "h1"),
            ProviderLayout.grouped.arranged(World.devices([2, 3]), on: "h1")
        )
        let consumers = (0..<3).map { _ in ConsumerID(UUID()) }
        let views = InventoriesView(
            generation: 1,
            inventories: [Self.a: Inventory(total: 3, maxUnit: 3), Self.b: Inventory(total: 1, maxUnit: 1)])
        let plan = try ReshapePlan(
            from: old, to: new,
            .init(
                inventories: [World.card: views],
                holdings: consumers.map {
                    ConsumerHolding(
                        consumer: $0, allocations: [World.card: [Self.a: 1]], project: "p", user: "u", generation: 1)
                }, handles: [], reserved: [:]), for: .regrouping)
        #expect(plan.moved == 0 && plan.reshape.holdings.isEmpty)
        // Three are claimed and two are left: the third counts, too, until it is let go.
        #expect(plan.reshape.inventories[World.card]?.inventories[Self.a]?.total == 3)
        #expect(
            plan.reshape.inventories[World.card]?.inventories[Self.b] == Inventory(total: 2, reserved: 2, maxUnit: 2))
    }

    @Test("a layout with divided cards is made and undone like any other")
    func conversion() throws {
        let legacy = World.devices([2, 3])
        let grouped = ProviderLayout.grouped.arranged(legacy, on: "h1")
        let consumers = (0..<8).map { _ in ConsumerID(UUID()) }
        var inventories = Dictionary(
            grouped.flatMap(\.deployables).map {
                ($0.resourceProvider, InventoriesView(generation: 0, inventories: [:]))
            },
            uniquingKeysWith: { first, _ in first })
        var holdings: [ConsumerHolding] = []
        var handles: [HandleHolding] = []
        for (number, device) in legacy.enumerated() {
            let (id, name) = (device.deployables[0].resourceProvider, device.deployables[0].resourceClass)
            inventories[id] = InventoriesView(
                generation: 1, inventories: [ResourceClass(unchecked: name): Inventory(total: 1, maxUnit: 1)])
            holdings.append(
                ConsumerHolding(
                    consumer: consumers[number], allocations: [id: [ResourceClass(unchecked: name): 1]], project: "p",
                    user: "u", generation: 1))
            handles.append(
                HandleHolding(
                    instance: InstanceID(consumers[number].uuid), provider: id, driver: "scripted",
                    info: device.deployables[0].handles[0].info))
        }
        let there = try ReshapePlan(
            from: legacy, to: grouped,
            .init(inventories: inventories, holdings: holdings, handles: handles, reserved: [:]))
        #expect(there.moved == 8)
        let card = there.reshape.inventories[World.card]?.inventories
        #expect(
            card == [
                Self.a: Inventory(total: 2, maxUnit: 2), Self.b: Inventory(total: 2, maxUnit: 2),
            ])
        #expect(there.reshape.holdings.count { $0.allocations == [World.card: [Self.b: 1]] } == 2)
        for index in handles.indices { handles[index].provider = index < 4 ? World.card : World.group }
        let back = try ReshapePlan(
            from: grouped, to: legacy,
            .init(inventories: inventories, holdings: there.reshape.holdings, handles: handles, reserved: [:]))
        #expect(
            back.reshape.holdings.sorted { $0.consumer < $1.consumer }
                == holdings.sorted { $0.consumer < $1.consumer })
    }
}
