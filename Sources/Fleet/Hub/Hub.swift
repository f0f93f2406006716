public import Link
public import Logging
public import Model
public import ServiceLifecycle
public import Store
import Synchronization

/// The streams of desired states of all hosts that are connected to this replica.
///
/// Each line is the complete desired state, read from the database: on a change (the change log names the host), and at
/// the heartbeat interval. Nothing is queued for a host; a slow one gets only the newest line.
public final class Hub: ServiceLifecycle.Service, Sendable {
    private let reception: AgentReception
    private let settings: HubSettings
    private let feed: ChangeFeed?
    private let logger: Logger
    private let table = Mutex(WatcherTable())
    private let bell = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

    /// - Parameter feed: notifies of changed desired states; without it, changes are found at the next heartbeat
    public init(
        reception: AgentReception, settings: HubSettings = HubSettings(), feed: ChangeFeed? = nil, logger: Logger
    ) {
        self.reception = reception
        self.settings = settings
        self.feed = feed
        self.logger = logger
    }

    /// The stream of `host`, beginning with the complete state. It ends when the host opens another one, when its
    /// certificate is refused, and when the hub stops.
    ///
    /// - Parameter applied: the revision that the agent has; lines have this revision or a higher one
    public func desiredStates(
        of host: HostName, certificate: AgentCertificateID? = nil, after applied: Int64
    ) async throws -> AsyncStream<DesiredState> {
        let (stream, continuation) = AsyncStream<DesiredState>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let sink = LineSink(send: { continuation.yield($0) }, finish: { continuation.finish() })
        if let number = try await open(host, certificate: certificate, after: applied, sink) {
            continuation.onTermination = { [weak self] _ in self?.leave(host, number) }
        } else {
            continuation.finish()
        }
        return stream
    }

    /// Opens the stream of `host`, as `desiredStates` does, and returns its number; nil if the hub has stopped.
    func open(
        _ host: HostName, certificate: AgentCertificateID?, after applied: Int64, _ sink: LineSink
    ) async throws -> UInt64? {
        try await reception.connect(host, after: applied)
        let due = reception.time.now() + settings.heartbeat
        let added = table.withLock { $0.add(host, certificate: certificate, sink, due: due) }
        guard let (number, former) = added else { return nil }
        if let former {
            logger.info("a host's stream gave way to a later one", metadata: ["host": "\(host)"])
            former.finish()
        }
        bell.continuation.yield()
        return number
    }

    /// Nothing takes the lines of the stream any more.
    func leave(_ host: HostName, _ number: UInt64) {
        table.withLock { $0.remove(host, number: number) }
    }

    /// Number of hosts with a stream here.
    public var watchers: Int { table.withLock { $0.watchers.count } }

    /// Requests a new line for these hosts.
    public func wake(_ hosts: some Sequence<HostName> & Sendable) {
        if table.withLock({ $0.owe(hosts) }) { bell.continuation.yield() }
    }

    public func run() async throws {
        let subscription = feed?.subscribe("agents' streams", to: [HostDirectory.changeKind]) { [weak self] news in
            self?.hear(news)
        }
        defer {
            if let subscription { feed?.unsubscribe(subscription) }
            for sink in table.withLock({ $0.close() }) { sink.finish() }
        }
        await cancelWhenGracefulShutdown { [self] in
            await withDiscardingTaskGroup { group in
                group.addTask { await self.pump() }
                group.addTask { await self.watchTheClock() }
            }
        }
    }

    private func hear(_ news: ChangeFeed.News) {
        switch news {
        case .reset: wake(table.withLock { Array($0.watchers.keys) })
        case .changes(let entries): wake(entries.map { HostName($0.key) })
        }
    }

    private func pump() async {
        for await _ in bell.stream {
            while !Task.isCancelled {
                let batch = table.withLock { $0.take(settings.batch) }
                if batch.isEmpty { break }
                do {
                    try await send(batch)
                } catch {
                    // Owed again at the next tick: the database may be back by then.
                    logger.error(
                        "desired states could not be read", metadata: ["error": "\(String(reflecting: error))"])
                    table.withLock { table in _ = table.owe(batch.map(\.host)) }
                    break
                }
            }
        }
    }

    private func watchTheClock() async {
        while !Task.isCancelled {
            do {
                try await reception.time.sleep(for: settings.tick)
                if table.withLock({ $0.oweDue(at: reception.time.now()) }) { bell.continuation.yield() }
                try await reception.sweep(endedBefore: reception.time.now() - settings.memory)
            } catch is CancellationError {
                return
            } catch {
                logger.error("silent hosts could not be marked", metadata: ["error": "\(String(reflecting: error))"])
            }
        }
    }

    private struct Picture: Sendable {
        var revisions: [HostName: Int64] = [:]
        var work = WorkItemTable.Wanted()
        var sections: [HostName: [Party: JSONValue]] = [:]
        var refused: Set<AgentCertificateID> = []
    }

    private func send(_ batch: [(host: HostName, watcher: WatcherTable.Watcher)]) async throws {
        let mint = try await reception.mint()
        let now = reception.time.now()
        let picture = try await picture(of: batch, at: now)
        for (host, item) in picture.work.unreadable {
            logger.error(
                "a work item cannot be read and is left out", metadata: ["host": "\(host)", "item": "\(item)"])
        }
        let refused = table.withLock { table in
            var refused: [LineSink] = []
            for (host, watcher) in batch {
                if let certificate = watcher.certificate, picture.refused.contains(certificate) {
                    if let sink = table.end(host, number: watcher.number) { refused.append(sink) }
                    continue
                }
                guard let revision = picture.revisions[host] else { continue }
                let nonce = mint.make(for: host, at: now)
                var line = watcher.last ?? DesiredState(revision: revision, nonce: nonce)
                if watcher.last?.revision != revision {
                    line.revision = revision
                    line.work = picture.work.items[host] ?? []
                    line.sections = picture.sections[host] ?? [:]
                }
                line.nonce = nonce
                table.send(line, to: host, number: watcher.number, due: now + settings.heartbeat)
            }
            return refused
        }
        for sink in refused { sink.finish() }
    }

    /// The revisions of all hosts, and the content of those that changed since their last line, from one snapshot.
    private func picture(
        of batch: [(host: HostName, watcher: WatcherTable.Watcher)], at now: Timestamp
    ) async throws -> Picture {
        let hosts = batch.map(\.host)
        let sent = Dictionary(batch.map { ($0.host, $0.watcher.last?.revision) }) { first, _ in first }
        let certificates = batch.compactMap(\.watcher.certificate)
        let parties = reception.parties
        return try await reception.store.read { transaction in
            var picture = Picture()
            try transaction.forEach("SELECT name, revision FROM hosts WHERE name IN \(list: hosts)") { row in
                let name: HostName = try row[0]
                picture.revisions[name] = try row[1]
            }
            let moved = hosts.filter { host in (sent[host] ?? nil) != picture.revisions[host] }
            if !moved.isEmpty {
                picture.work = try WorkItemTable.wanted(on: moved, in: transaction)
                for host in moved { picture.sections[host] = try parties.sections(of: host, in: transaction) }
            }
            if !certificates.isEmpty {
                picture.refused = try CertificateBook.refused(among: certificates, at: now, in: transaction)
            }
            return picture
        }
    }
}
