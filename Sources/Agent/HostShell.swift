public import CoreMetrics
public import Link
public import Logging
public import Model

/// What every party on a host shares: the link, the agent's folder, the lines of work, time and the log.
public struct HostShell: Sendable {
    public let host: HostName
    public let link: any AgentLink
    /// The agent's folder.
    public let disk: any StateDisk
    public let lines: WorkLines
    public let time: TimeSource
    public let ids: IDSource
    public let wait: Waiting
    public let metrics: any MetricsFactory
    /// Its messages name the host, because several agents may run in one process.
    public let logger: Logger
    let journal: JournalKeeper

    /// Throws a sentence for the operator if the state folder cannot be used.
    ///
    /// - Parameter stateFolder: for what must survive a restart; nil keeps it in memory, for hosts with the lifetime of the
    ///   process and of its Placement
    public init(host: HostName, link: any AgentLink, stateFolder: String?, logger: Logger) throws {
        let disk: any StateDisk
        if let stateFolder { disk = try FolderDisk(stateFolder) } else { disk = MemoryDisk() }
        try self.init(
            host: host, link: link, disk: disk, time: .system, ids: .random,
            wait: { try await Task.sleep(for: $0) }, metrics: MetricsSystem.factory, logger: logger)
    }

    init(
        host: HostName, link: any AgentLink, disk: any StateDisk, time: TimeSource, ids: IDSource,
        wait: @escaping Waiting, metrics: any MetricsFactory, logger: Logger
    ) throws {
        var logger = logger
        logger[metadataKey: "host"] = "\(host)"
        self.host = host
        self.link = link
        self.disk = disk
        lines = WorkLines()
        self.time = time
        self.ids = ids
        self.wait = wait
        self.metrics = metrics
        self.logger = logger
        journal = try JournalKeeper(disk: disk, logger: logger)
    }

    /// Whether the journal of work is on disk.
    public var isDurable: Bool { get async { await journal.isDurable } }
}
