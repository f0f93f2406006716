import Link
import Model

/// Who watches, and who is owed a line.
///
/// It ends no stream itself: ending one calls back into the table, so the streams to end are handed out.
struct WatcherTable {
    struct Watcher {
        /// Distinguishes this stream from a later one of the same host.
        let number: UInt64
        /// Nil for a stream in process, where nothing can be revoked.
        let certificate: AgentCertificateID?
        let sink: LineSink
        /// The content of the last line, for lines that repeat it.
        var last: DesiredState?
        /// When the next line is due at the latest.
        var due: Timestamp
    }

    private(set) var watchers: [HostName: Watcher] = [:]
    private(set) var owed: Set<HostName> = []
    private var count: UInt64 = 0
    private(set) var isClosed = false

    /// Adds a stream, which needs a first line. A host has one stream: its previous one ends.
    mutating func add(
        _ host: HostName, certificate: AgentCertificateID?, _ sink: LineSink, due: Timestamp
    ) -> (number: UInt64, former: LineSink?)? {
        guard !isClosed else { return nil }
        count += 1
        let former = watchers.updateValue(
            Watcher(number: count, certificate: certificate, sink: sink, due: due), forKey: host)
        owed.insert(host)
        return (count, former?.sink)
    }

    mutating func remove(_ host: HostName, number: UInt64) {
        if watchers[host]?.number == number { watchers[host] = nil }
    }

    /// Requests lines for those of `hosts` that have a stream here; returns true if there are any.
    mutating func owe(_ hosts: some Sequence<HostName>) -> Bool {
        var any = false
        for host in hosts where watchers[host] != nil {
            owed.insert(host)
            any = true
        }
        return any
    }

    /// Requests lines for every stream whose last line is too old.
    mutating func oweDue(at now: Timestamp) -> Bool {
        for (host, watcher) in watchers where watcher.due <= now { owed.insert(host) }
        return !owed.isEmpty
    }

    /// Up to `limit` streams that need a line.
    mutating func take(_ limit: Int) -> [(host: HostName, watcher: Watcher)] {
        var taken: [(host: HostName, watcher: Watcher)] = []
        while taken.count < limit, let host = owed.popFirst() {
            if let watcher = watchers[host] { taken.append((host, watcher)) }
        }
        return taken
    }

    /// Sends a line, unless the stream has ended since it was requested.
    mutating func send(_ line: DesiredState, to host: HostName, number: UInt64, due: Timestamp) {
        guard let watcher = watchers[host], watcher.number == number else { return }
        watchers[host]?.last = line
        watchers[host]?.due = due
        watcher.sink.send(line)
    }

    mutating func end(_ host: HostName, number: UInt64) -> LineSink? {
        guard let watcher = watchers[host], watcher.number == number else { return nil }
        watchers[host] = nil
        return watcher.sink
    }

    /// Removes every stream and accepts no new one.
    mutating func close() -> [LineSink] {
        isClosed = true
        let open = watchers.values.map(\.sink)
        watchers = [:]
        owed = []
        return open
    }
}
