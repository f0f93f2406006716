import API
import Services
import Store
import Synchronization

/// Whether this process can serve well, and why it cannot, which `/readyz` reports.
final class Readiness: Sendable {
    private let store: WatchedStore
    private let patience: Duration
    private let isStarted = Atomic(false)

    /// - Parameter patience: how long the database may take to respond; callers of `/readyz` do not wait long
    init(_ store: WatchedStore, patience: Duration = .seconds(4)) {
        self.store = store
        self.patience = patience
    }

    /// Records that everything that must be in memory is loaded.
    func start() { isStarted.store(true, ordering: .releasing) }

    /// - Parameter dependencies: what services need besides the database. Each is reported and none is an obstacle: replicas share most of
    ///   them, and the other services would be gone with one
    func report(on dependencies: [Dependency]) async -> ReadinessReport {
        guard isStarted.load(ordering: .acquiring) else {
            return ReadinessReport(obstacles: ["starting: the index is being loaded"])
        }
        var report = ReadinessReport(obstacles: await database().map { [$0] } ?? [])
        report.notes = dependencies.map { "\($0.name): \($0.trouble ?? "ok")" }
        return report
    }

    /// What is wrong with the database; nil if nothing is.
    private func database() async -> String? {
        let (answers, answer) = AsyncStream.makeStream(of: String?.self, bufferingPolicy: .bufferingOldest(1))
        let store = store
        // A look that takes too long goes on: the next question joins it or finds its answer.
        let look = Task { answer.yield(await store.trouble().map(Self.sentence)) }
        let bound = Task { [patience] in
            try await Task.sleep(for: patience)
            answer.yield("the database does not respond")
        }
        defer {
            look.cancel()
            bound.cancel()
        }
        var iterator = answers.makeAsyncIterator()
        return await iterator.next() ?? "the check of the database was cancelled"
    }

    private static func sentence(_ trouble: StoreError) -> String {
        switch trouble.code {
        case .full: "the disk of the database is full"
        case .readOnly: "the database takes no writes: it is read-only, or a standby"
        case .damaged: "the database is damaged"
        case .file: "the database file was removed or replaced while it was open"
        case .busy: "the database is busy: a write did not get its turn"
        default: "the database does not respond"
        }
    }
}
