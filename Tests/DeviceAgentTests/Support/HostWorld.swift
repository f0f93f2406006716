import API
import Drivers
import Link
import Model
import TestAgent
import TestPlacement
import TestWatched
import Testing

@testable import Agent
@testable import DeviceAgent
@testable import Host

/// The whole agent of one host, with a Placement in memory and a control plane that the test plays.
struct HostWorld {
    /// A machine without devices, for what scripted drivers find.
    static let empty = SysfsRoot(MemoryTree())

    let link = ScriptedLink()
    let placement = MemoryPlacement()
    let disk: MemoryDisk
    let metrics = MetricsRegistry()

    init(disk: MemoryDisk = MemoryDisk()) {
        self.disk = disk
    }

    func run(
        _ drivers: [any Driver], on root: SysfsRoot, makesRoot: Bool = true, partitioner: Partitioner? = nil,
        _ body: @escaping @Sendable (DeviceParty) async throws -> Void
    ) async throws {
        let agent = try DeviceParty(
            discoverer: Discoverer(host: "h1", root: root, drivers: drivers), link: link, placement: placement,
            options: .init(rootProvider: "h1", makesRootProvider: makesRoot),
            partitioner: partitioner, disk: disk, time: .system, ids: .random, wait: quick, metrics: metrics,
            logger: quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await agent.alone() }
            await link.heard.until { $0.streams > 0 }
            try await body(agent)
            group.cancelAll()
        }
    }

    func names(_ state: MemoryPlacement.State) -> Set<String> { Set(state.providers.values.map(\.name)) }

    /// Waits until the host's providers are these and settled.
    func placementHolds(_ names: Set<String>) async {
        await placement.state.until { state in
            let own = state.providers.values.filter { $0.parent != nil }
            return Set(own.map(\.name)) == names && own.allSatisfy { !$0.inventories.isEmpty && !$0.traits.isEmpty }
        }
    }
}
