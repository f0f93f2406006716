import API
import Clients
import Drivers
import Foundation
import Link
import Model
import TestAgent
import TestPlacement
import TestWatched
import Testing

@testable import Agent
@testable import DeviceAgent
@testable import Host

/// What types of one parent and functions of one card share, from the host to Placement.
@Suite(.timeLimit(.minutes(30))) struct SharedCapacityTests {
    private let recorded: RecordedHost
    private let link = ScriptedLink()
    private let placement = MemoryPlacement()

    private static let one = ProviderPart(ProviderNames.identifier(ofProvider: "h1_mtty_mtty-1"), "CUSTOM_MDEV_MTTY_1")
    private static let two = ProviderPart(ProviderNames.identifier(ofProvider: "h1_mtty_mtty-2"), "CUSTOM_MDEV_MTTY_2")

    init() throws { recorded = try fixture("vgpu") }

    private func run(_ body: @escaping @Sendable (DeviceParty) async throws -> Void) async throws {
        let driver = MdevDriver(
            DriverOptions(
                root: recorded.root, mdev: MdevOptions(specs: [MdevSpec(parent: "mtty")], persists: false),
                commands: recorded.commands))
        let agent = try DeviceParty(
            discoverer: Discoverer(host: "h1", root: recorded.root, drivers: [driver]), link: link,
            placement: placement,
            options: .init(rootProvider: "h1", makesRootProvider: true),
            partitioner: nil, disk: MemoryDisk(), time: .system, ids: .random, wait: quick, metrics: MetricsRegistry(),
            logger: quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await agent.alone() }
            await link.heard.until { $0.streams > 0 }
            link.send()
            try await body(agent)
            group.cancelAll()
        }
    }

    private static func open(_ part: ProviderPart, in state: MemoryPlacement.State) -> Int? {
        guard let name = part.resourceClass,
            let inventory = state.providers[part.provider]?.inventories[ResourceClass(unchecked: name)]
        else { return nil }
        let used =
            state.providers[part.provider]?.allocations.values.compactMap { $0[ResourceClass(unchecked: name)] } ?? []
        return inventory.total - inventory.reserved - used.reduce(0, +)
    }

    private func claim(_ part: ProviderPart, by consumers: [ConsumerID], _ isHeld: Bool) {
        placement.state.change { state in
            for consumer in consumers {
                state.providers[part.provider]?.allocations[consumer] =
                    isHeld ? [ResourceClass(unchecked: part.resourceClass ?? ""): 1] : nil
            }
            state.providers[part.provider]?.generation += 1
        }
    }

    private static func item(_ kind: DeviceWork.Kind, _ handle: AttachHandleID, _ number: Int) -> DeviceWork {
        DeviceWork(
            id: WorkItemID(UUID()), kind: kind, handle: handle,
            attachment: Attachment(.mdev(MdevTarget(.named("mtty"), type: "mtty-2", mark: "mtty-2_\(number)"))),
            controlPath: #"{"parent": "mtty"}"#, driver: "mdev", request: nil, deadline: .max / 4)
    }

    /// Three of the larger type are bound: whoever hears of it finds what is left of the smaller one. One that somebody else made is
    /// nobody's to claim.
    @Test func aBindAndAReleaseAreInPlacementBeforeTheyAreTold() async throws {
        try await run { _ in
            await placement.state.until { Self.open(Self.one, in: $0) == 22 && Self.open(Self.two, in: $0) == 11 }
            let handles = (0..<3).map { _ in AttachHandleID(UUID()) }
            let consumers = handles.map { ConsumerID($0.uuid) }
            claim(Self.two, by: consumers, true)
            link.send(revision: 2, handles.enumerated().map { Self.item(.prepare, $1, $0) })
            await link.heard.until { $0.finished.count == 3 }
            #expect(link.heard.value.finished.allSatisfy { $0.outcome == .done })
            #expect(Self.open(Self.one, in: placement.state.value) == 16)
            #expect(Self.open(Self.two, in: placement.state.value) == 8)
            claim(Self.two, by: consumers, false)
            link.send(revision: 3, handles.enumerated().map { Self.item(.clean, $1, $0) })
            await link.heard.until { $0.finished.count == 6 }
            #expect(Self.open(Self.one, in: placement.state.value) == 22)
            #expect(Self.open(Self.two, in: placement.state.value) == 11)
        }
    }

    /// Claimed and not bound yet: the host shows nothing of it, and the others go without it at the next look.
    @Test func whatIsClaimedIsNotOfferedTwice() async throws {
        try await run { agent in
            await placement.state.until { Self.open(Self.one, in: $0) == 22 && Self.open(Self.two, in: $0) == 11 }
            let consumers = (0..<5).map { _ in ConsumerID(UUID()) }
            claim(Self.two, by: consumers, true)
            await agent.intent.follow(atMost: .seconds(600))
            await placement.state.until { Self.open(Self.one, in: $0) == 12 && Self.open(Self.two, in: $0) == 6 }
            claim(Self.one, by: (0..<12).map { _ in ConsumerID(UUID()) }, true)
            await agent.intent.follow(atMost: .seconds(600))
            await placement.state.until { Self.open(Self.one, in: $0) == 0 && Self.open(Self.two, in: $0) == 0 }
            claim(Self.two, by: consumers, false)
            await agent.intent.follow(atMost: .seconds(600))
            await placement.state.until { Self.open(Self.one, in: $0) == 10 && Self.open(Self.two, in: $0) == 5 }
        }
    }

    private func card(_ prepared: [String: PreparedHandle] = [:]) throws -> (
        devices: [DeviceReport], arranged: [DeviceReport], room: SharedRoom
    ) {
        let recorded = try fixture("vgpu-shared")
        var types: [PCIAddress: [String]] = [:]
        for function in HostSnapshot(recorded.root).functions where function.vendorPartition != nil {
            types[function.address] = [function.address.bus == 0x61 ? "nvidia-1149" : "nvidia-1540"]
        }
        let driver = NvidiaDriver(
            DriverOptions(root: recorded.root, nvidia: NvidiaOptions(types: types), commands: recorded.commands))
        let found = try driver.discover(DiscoveryPass(snapshot: HostSnapshot(recorded.root), host: "h1"))
        let devices = found.devices.filter { $0.facts["vgpu_type"] != nil }
        let arranged = ProviderLayout.grouped.arranged(devices, on: "h1")
        return (devices, arranged, SharedRoom(found.pools, of: devices, in: arranged, prepared: prepared))
    }

    /// The control plane gives out the first handle that is free.
    @Test func aGroupGivesOutWhatHasRoomFirst() throws {
        let (devices, arranged, room) = try card()
        #expect(arranged.map { $0.deployables[0].accelerators } == [2, 1])
        let ordered = room.ordered(arranged, of: devices)
        #expect(ordered[0].deployables[0].handles.prefix(2).map { $0.info["function"] } == ["4", "5"])
        // The first two are held and not made yet, as the host stands: those without a holder come first.
        let first = devices[0].deployables[0].handles[0]
        let prepared = PreparedHandle(
            driver: "nvidia", type: .pci, info: first.info, controlPath: devices[0].controlPath)
        let later = try card(["00000000-0000-0000-0000-000000000001": prepared])
        let next = later.room.ordered(later.arranged, of: later.devices)[0].deployables[0].handles
        #expect(next.first?.info["function"] == "5" && next.count == 6)
        #expect(Set(next.map(\.info)) == Set(arranged[0].deployables[0].handles.map(\.info)))
    }

    /// A unit that is withheld for other reasons takes nobody's place.
    @Test func whatIsWithheldTakesNoRoom() throws {
        let (devices, _, _) = try card()
        let room = SharedRoom(try pools(), of: devices, in: devices, prepared: [:])
        let places = devices.prefix(6).map { ProviderPart($0.deployables[0].resourceProvider, "VGPU") }
        func open(_ withheld: Set<ProviderPart>) -> [Int] {
            let totals = room.totals(claims: nil, withheld: withheld)
            return places.map { totals[$0] ?? -1 }
        }
        #expect(open([]) == [1, 1, 0, 0, 0, 0])
        #expect(open([ProviderPart(places[0].provider)]) == [0, 1, 1, 0, 0, 0])
    }

    private func pools() throws -> [CapacityPool] {
        let recorded = try fixture("vgpu-shared")
        var types: [PCIAddress: [String]] = [:]
        for function in HostSnapshot(recorded.root).functions where function.vendorPartition != nil {
            types[function.address] = ["nvidia-1149"]
        }
        let driver = NvidiaDriver(
            DriverOptions(root: recorded.root, nvidia: NvidiaOptions(types: types), commands: recorded.commands))
        return try driver.discover(DiscoveryPass(snapshot: HostSnapshot(recorded.root), host: "h1")).pools
    }
}
