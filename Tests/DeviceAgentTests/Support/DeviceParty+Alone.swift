import Clients
import CoreMetrics
import Drivers
import Host
import Link
import Logging
import Model

@testable import Agent
@testable import DeviceAgent

extension DeviceParty {
    /// With a shell of its own.
    convenience init(
        discoverer: Discoverer, link: any DeviceLink, placement: any PlacementClient, options: Options,
        partitioner: Partitioner?, disk: any StateDisk, time: TimeSource, ids: IDSource, wait: @escaping Waiting,
        metrics: any MetricsFactory, logger: Logger
    ) throws {
        let shell = try HostShell(
            host: discoverer.host, link: link, disk: disk, time: time, ids: ids, wait: wait, metrics: metrics,
            logger: logger)
        try self.init(
            shell, link: link, discoverer: discoverer, placement: placement, options: options, partitioner: partitioner)
    }

    /// Works as the only party of its host's agent.
    func alone() async throws { try await HostAgent(shell, version: "1", parties: [self]).run() }
}
