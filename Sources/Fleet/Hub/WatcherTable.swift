import Link
import Model

/// Who watches, and who is owed a line.
///
/// It ends no stream itself: ending one calls back into the table, so the streams to end are handed out.
struct WatcherTable {
    typealias Sink = AsyncStream<DesiredState>.Continuation

    struct Watcher {
        /// Tells this stream from a later one of the same host.
        let number: UInt64
        /// Nil in process, where nothing can be revoked.
        let certificate: AgentCertificateID?
        let continuation: Sink
        /// The last line's content, for lines that repeat it.
        var last: DesiredState?
        /// When the next line is due at the latest.
        var due: Timestamp
    }

    private(set) var watchers: [HostName: Watcher] = [:]
    private(set) var owed: Set<HostName> = []
    private var count: UInt64 = 0
    private(set) var isClosed = false

    /// Takes a stream in and owes it a first line. A host has one stream: the one it had before ends.
    mutating func add(
        _ host: HostName, certificate: AgentCertificateID?, _ continuation: Sink, due: Timestamp
    ) -> (number: UInt64, former: Sink?)? {
        guard !isClosed else { return nil }
        count += 1
        let former = watchers.updateValue(
            Watcher(number: count, certificate: certificate, continuation: continuation, due: due), forKey: host)
        owed.insert(host)
        return (count, former?.continuation)
    }

    mutating func remove(_ host: HostName, number: UInt64) {
        if watchers[host]?.number == number { watchers[host] = nil }
    }

    /// Owes lines to those of `hosts` that watch here; true when there are any.
    mutating func owe(_ hosts: some Sequence<HostName>) -> Bool {
        var any = false
        for host in hosts where watchers[host] != nil {
            owed.insert(host)
            any = true
        }
        return any
    }

    /// Owes lines to everyone whose last one is too long ago.
    mutating func oweDue(at now: Timestamp) -> Bool {
        for (host, watcher) in watchers where watcher.due <= now { owed.insert(host) }
        return !owed.isEmpty
    }

    /// Up to `limit` of those who are owed a line.
    mutating func take(_ limit: Int) -> [(host: HostName, watcher: Watcher)] {
        var taken: [(host: HostName, watcher: Watcher)] = []
        while taken.count < limit, let host = owed.popFirst() {
            if let watcher = watchers[host] { taken.append((host, watcher)) }
        }
        return taken
    }

    /// Sends a line, unless the stream has ended since it was asked for.
    mutating func send(_ line: DesiredState, to host: HostName, number: UInt64, due: Timestamp) {
        guard let watcher = watchers[host], watcher.number == number else { return }
        watchers[host]?.last = line
        watchers[host]?.due = due
        watcher.continuation.yield(line)
    }

    mutating func end(_ host: HostName, number: UInt64) -> Sink? {
        guard let watcher = watchers[host], watcher.number == number else { return nil }
        watchers[host] = nil
        return watcher.continuation
    }

    /// Forgets every stream and takes no new one.
    mutating func close() -> [Sink] {
        isClosed = true
        let open = watchers.values.map(\.continuation)
        watchers = [:]
        owed = []
        return open
    }
}
