public import Clients
import CoreMetrics
public import Drivers
public import Host
public import Link
public import Logging
public import Model
public import ServiceLifecycle

/// The agent of one host: looks at it, reports to the accelerator service, keeps its subtree in Placement, does what the
/// desired state asks. Everything it does can be done again; either end may die at any time.
///
///     sysfs ─▶ Discoverer ─▶ Reporter ─▶ AgentLink.report
///                                  └─▶ PlacementReconciler ─▶ PlacementClient
///     AgentLink.desiredStates ─▶ WorkRunner ─▶ HandleWorker ─▶ driver
///                            └─▶ withheld providers ─▶ PlacementReconciler
///
/// What the host gained is offered in Placement when the accelerator service knows of it; what it lost is withdrawn at once.
public final class HostAgent: ServiceLifecycle.Service, Sendable {
    /// The options of an agent.
    public struct Options: Sendable {
        /// Name of the host's root provider.
        public var rootProvider: String
        /// Whether the agent creates the root provider if there is none; a compute service creates its own.
        public var makesRootProvider: Bool
        /// How often the complete host is read.
        public var scanInterval: Duration
        /// Folder for what must survive a restart. Nil keeps it in memory, for hosts with the lifetime of the process
        /// and of its Placement.
        public var stateFolder: String?
        public var version: String
        /// Whether the host is read when this machine's kernel reports that devices appeared or disappeared. For the
        /// machine on which the agent runs; a recorded host has no kernel.
        public var hearsKernel: Bool
        /// The kernel's events of a host that is not this machine, if it has any.
        public var events: AsyncStream<HostEvent>?
        /// How often devices are examined.
        public var healthInterval: Duration
        /// How devices become resource providers. If Placement has another layout, it is converted.
        public var layout: ProviderLayout
        /// The drivers' writes to the host that the kernel has not completed, if the drivers have any.
        public var pending: PendingWrites?

        public init(
            rootProvider: String, makesRootProvider: Bool, scanInterval: Duration = .seconds(60), stateFolder: String?,
            version: String, hearsKernel: Bool = false, healthInterval: Duration = .seconds(60),
            layout: ProviderLayout = .legacy
        ) {
            self.layout = layout
            self.rootProvider = rootProvider
            self.makesRootProvider = makesRootProvider
            self.scanInterval = scanInterval
            self.stateFolder = stateFolder
            self.version = version
            self.hearsKernel = hearsKernel
            self.healthInterval = healthInterval
        }
    }

    let discoverer: Discoverer
    let link: any AgentLink
    let options: Options
    let keeper: StateKeeper
    let reporter: Reporter
    let reconciler: PlacementReconciler
    let worker: HandleWorker
    let runner: WorkRunner
    let intent: Intent
    let health: HealthWatch
    let departed = DepartedUnits()
    let partitioner: Partitioner?
    let gauges: AgentGauges
    /// Serialises changes of Placement.
    let turn = Turn()
    let wait: Waiting
    let logger: Logger

    /// Throws a sentence for the operator if the state folder cannot be used.
    ///
    /// - Parameter partitioner: divides devices before each look at the host
    public convenience init(
        discoverer: Discoverer, link: any AgentLink, placement: any PlacementClient, options: Options,
        partitioner: Partitioner? = nil, time: TimeSource = .system, ids: IDSource = .random,
        wait: @escaping Waiting = { try await Task.sleep(for: $0) }, logger: Logger
    ) throws {
        let disk: any StateDisk
        if let folder = options.stateFolder { disk = try FolderDisk(folder) } else { disk = MemoryDisk() }
        try self.init(
            discoverer: discoverer, link: link, placement: placement, options: options,
            partitioner: partitioner, disk: disk, time: time,
            ids: ids,
            wait: wait, metrics: MetricsSystem.factory, logger: logger)
    }

    init(
        discoverer: Discoverer, link: any AgentLink, placement: any PlacementClient, options: Options,
        partitioner: Partitioner?, disk: any StateDisk, time: TimeSource, ids: IDSource, wait: @escaping Waiting,
        metrics: any MetricsFactory, logger: Logger
    ) throws {
        var logger = logger
        logger[metadataKey: "host"] = "\(discoverer.host)"
        self.discoverer = discoverer
        self.link = link
        self.options = options
        self.logger = logger
        self.wait = wait
        gauges = AgentGauges(host: discoverer.host, factory: metrics)
        keeper = try StateKeeper(disk: disk, logger: logger)
        reporter = Reporter(link: link, time: time)
        reconciler = PlacementReconciler(
            placement: placement, root: RootProvider(name: options.rootProvider, mayBeMade: options.makesRootProvider),
            host: discoverer.host, keeper: keeper, ids: ids, logger: logger)
        self.partitioner = partitioner
        let sick = keeper.storedSick
        health = HealthWatch(drivers: discoverer.drivers, known: sick, ids: ids)
        let intent = Intent(withdrawn: Set(sick.flatMap(\.providers)), wait: wait)
        self.intent = intent
        worker = HandleWorker(
            drivers: discoverer.drivers, keeper: keeper, wait: wait, logger: logger,
            acted: { discoverer.forget() },
            shared: {
                discoverer.forget()
                await intent.follow(atMost: Self.followLimit)
            })
        runner = WorkRunner(
            parties: [worker], link: link, keeper: keeper, time: time, wait: wait, gauges: gauges, logger: logger)
    }

    /// Works until the surrounding task is cancelled or the service is told to shut down. Placement is not changed at
    /// the end, because the devices exist without their agent, too.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.followDesiredState() }
                group.addTask { await self.lookAround() }
                group.addTask { await self.keepPlacement() }
                group.addTask { await self.watchHealth() }
                if let events = self.options.events {
                    group.addTask { await self.hear(events) }
                } else if self.options.hearsKernel {
                    group.addTask { await self.hearKernel() }
                }
                await group.waitForAll()
            }
        }
        await runner.stop()
    }

    /// Looks at the host now instead of at the next interval.
    public func rescan() async {
        discoverer.forget()
        await intent.askForScan()
    }
}
