public import Agent
public import Clients
public import Drivers
public import Host
public import Link
import Logging
public import Model
import Synchronization

/// The devices party of a host's agent: looks at the host, reports to the accelerator service, keeps the host's subtree in
/// Placement, prepares and cleans. Everything it does can be done again.
///
///     sysfs ─▶ Discoverer ─▶ Reporter ─▶ DeviceLink.report
///                                  └─▶ PlacementReconciler ─▶ PlacementClient
///     work ─▶ HandleWorker ─▶ driver
///     section ─▶ withheld providers ─▶ PlacementReconciler
///
/// What the host gained is offered in Placement when the accelerator service knows of it; what it lost is withdrawn at once.
public final class DeviceParty: HostParty {
    /// The options of the party.
    public struct Options: Sendable {
        /// Name of the host's root provider.
        public var rootProvider: String
        /// Whether the agent creates the root provider if there is none; a compute service creates its own.
        public var makesRootProvider: Bool
        /// How often the complete host is read.
        public var scanInterval: Duration
        /// Whether the host is read when this machine's kernel reports that devices appeared or disappeared. For the
        /// machine on which the agent runs; a recorded host has no kernel.
        public var hearsKernel: Bool
        /// The kernel's events of a host that is not this machine, if it has any.
        public var events: AsyncStream<HostEvent>?
        /// How often devices are examined.
        public var healthInterval: Duration
        /// How devices become resource providers. If Placement has another layout, it is converted.
        public var layout: ProviderLayout
        /// Where images are kept while they are loaded onto devices; nil if none can be.
        public var imageFolder: String?
        /// The drivers' writes to the host that the kernel has not completed, if the drivers have any.
        public var pending: PendingWrites?

        public init(
            rootProvider: String, makesRootProvider: Bool, scanInterval: Duration = .seconds(60),
            hearsKernel: Bool = false, healthInterval: Duration = .seconds(60), layout: ProviderLayout = .legacy
        ) {
            self.layout = layout
            self.rootProvider = rootProvider
            self.makesRootProvider = makesRootProvider
            self.scanInterval = scanInterval
            self.hearsKernel = hearsKernel
            self.healthInterval = healthInterval
        }
    }

    let shell: HostShell
    let discoverer: Discoverer
    let link: any DeviceLink
    let options: Options
    let keeper: StateKeeper
    let reporter: Reporter
    let reconciler: PlacementReconciler
    let worker: HandleWorker
    let intent: Intent
    let health: HealthWatch
    let departed = DepartedUnits()
    let partitioner: Partitioner?
    let gauges: DeviceGauges
    /// The furthest end of the host's certificates that is on disk.
    let certificates: Mutex<CertificateChainHead?>
    /// Serialises changes of Placement.
    let turn = Turn()
    let wait: Waiting
    let logger: Logger

    /// Throws a sentence for the operator if what is in the agent's folder cannot be read.
    ///
    /// - Parameters:
    ///   - link: the shell's, with what is said of devices
    ///   - partitioner: divides devices before each look at the host
    public init(
        _ shell: HostShell, link: any DeviceLink, discoverer: Discoverer, placement: any PlacementClient,
        options: Options,
        partitioner: Partitioner? = nil
    ) throws {
        self.shell = shell
        self.discoverer = discoverer
        self.link = link
        self.options = options
        logger = shell.logger
        wait = shell.wait
        gauges = DeviceGauges(host: shell.host, factory: shell.metrics)
        keeper = try StateKeeper(disk: shell.disk, logger: shell.logger)
        certificates = Mutex(keeper.storedCertificates)
        reporter = Reporter(link: link, time: shell.time)
        reconciler = PlacementReconciler(
            placement: placement, root: RootProvider(name: options.rootProvider, mayBeMade: options.makesRootProvider),
            host: shell.host, keeper: keeper, ids: shell.ids, logger: shell.logger)
        self.partitioner = partitioner
        let sick = keeper.storedSick
        health = HealthWatch(drivers: discoverer.drivers, known: sick, ids: shell.ids)
        let intent = Intent(withdrawn: Set(sick.flatMap(\.providers)), wait: shell.wait)
        self.intent = intent
        worker = HandleWorker(
            drivers: discoverer.drivers, keeper: keeper,
            loader: options.imageFolder.map { ImageLoader(folder: ImageFolder($0), link: shell.link) },
            wait: shell.wait, logger: shell.logger,
            acted: { discoverer.forget() },
            shared: {
                discoverer.forget()
                await intent.follow(atMost: Self.followLimit)
            })
    }

    public var party: Party { worker.party }
    public var kinds: Set<String> { worker.kinds }

    public func doing(_ item: WorkItem) throws(UnknownWork) -> Doing { try worker.doing(item) }

    public func want(_ section: JSONValue?, revision: Int64) async {
        guard let wanted = Self.read(section) else {
            return logger.error("what the control plane wants withheld is not understood; it stays as it was")
        }
        await intent.withhold(wanted.withheld, by: revision)
    }

    /// With the end of the certificates that was known before the desired state of this heartbeat: that one may come of a
    /// database that was set back.
    public func sign(_ heartbeat: inout Heartbeat) { heartbeat.certificates = certificates.withLock { $0 } }

    public func accepted(_ section: JSONValue?) async {
        let known = certificates.withLock { $0 }
        guard let told = Self.read(section)?.certificates, told != known, told.number >= known?.number ?? 0 else {
            return
        }
        await keeper.change { state in state.certificates = told }
        certificates.withLock { $0 = told }
    }

    /// Nil where it has not the form that this release knows.
    private static func read(_ section: JSONValue?) -> DeviceSection? {
        guard let section else { return DeviceSection() }
        return DeviceSection(section)
    }

    /// Looks at the host, examines its devices and keeps Placement. Placement is not changed at the end, because the devices
    /// exist without their agent, too.
    public func run() async throws {
        await withTaskGroup(of: Void.self) { group in
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

    /// Looks at the host now instead of at the next interval.
    public func rescan() async {
        discoverer.forget()
        await intent.askForScan()
    }
}
