public import Logging
import Metrics
public import Model
import Synchronization

/// Tails the change log, so that what a replica keeps in memory follows what any replica wrote.
///
///     let feed = ChangeFeed(engine)
///     feed.subscribe("search index", to: ["provider"]) { news in … }
///     // `run()` belongs to a task of the owner; services write through `feed.store`
///     try await feed.catchUp()
///
/// A subscriber is first told `.reset` and loads what it needs; from then on it gets every change after that, at least
/// once. It is told `.reset` again when entries were pruned before this feed saw them, when the log went backwards
/// (a restored database), and after its own handler threw. An entry says *that* something changed: what it is now, the
/// database says. Entries may arrive out of order and twice.
public final class ChangeFeed: Sendable {
    /// What a subscriber receives.
    public enum News: Sendable, Equatable {
        /// Anything may have changed: load everything again.
        case reset
        /// The latest entry for each key, in the log's order as far as it is known.
        case changes([ChangeLog.Entry])
    }

    public struct Options: Sendable {
        /// How often the log is checked for other processes' writes. This process's own writes are delivered at once.
        public var interval: Duration = .milliseconds(100)
        /// Maximum number of entries in one query.
        public var page = 1000
        /// Number of newest entries that pruning keeps. A replica that is further behind loads everything again.
        public var keeps: Int64 = 100_000
        package var pruningInterval: Duration = .seconds(60)

        public init() {}
    }

    /// Identifies a subscription, for ending it.
    public struct Subscription: Sendable, Hashable {
        fileprivate let number: Int
    }

    public typealias Handler = @Sendable (News) async throws -> Void

    let engine: any StateStore
    let options: Options
    let logger: Logger
    private let time: TimeSource
    /// A clock that nobody sets.
    let now: @Sendable () -> ContinuousClock.Instant
    let state = Mutex(State())
    let behind = Gauge(label: "kilonova_change_feed_entries_behind")
    let openGaps = Gauge(label: "kilonova_change_feed_open_gaps")
    let resets = Counter(label: "kilonova_change_feed_resets_total")
    let failures = Counter(label: "kilonova_change_feed_failures_total")

    /// - Parameters:
    ///   - time: lets the intervals pass
    ///   - now: measures how old what was delivered is
    public init(
        _ engine: any StateStore, options: Options = Options(), logger: Logger = Logger(label: "kilonova.store"),
        time: TimeSource = .system, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.time = time
        self.now = now
        self.engine = engine
        self.options = options
        self.logger = logger
    }

    /// The same database. A write through it that records a change wakes this feed as soon as it is committed.
    public var store: any StateStore { ObservedStore(engine: engine, feed: self) }

    /// Calls `handler` with changes of `kinds`, one call after another, in the task that runs the feed.
    ///
    /// A handler must not wait for this feed. If it throws, it receives `.reset` next time.
    ///
    /// - Parameter knowsOwnWrites: whether the subscriber learns of this process's writes by itself, so that such a
    ///   write alone need not wake the feed
    @discardableResult
    public func subscribe(
        _ name: String, to kinds: Set<String>, knowsOwnWrites: Bool = false, _ handler: @escaping Handler
    ) -> Subscription {
        let subscription = state.withLock { state in
            state.nextNumber += 1
            state.subscribers.append(Subscriber(number: state.nextNumber, name: name, kinds: kinds, handler: handler))
            if !knowsOwnWrites { state.urgentKinds.formUnion(kinds) }
            return Subscription(number: state.nextNumber)
        }
        poke()
        return subscription
    }

    public func unsubscribe(_ subscription: Subscription) {
        state.withLock { state in state.subscribers.removeAll { $0.number == subscription.number } }
    }

    /// Changes of `kinds` as a sequence, `.reset` first. A reader that falls more than `limit` batches behind loses
    /// entries and receives `.reset`.
    public func news(_ name: String, of kinds: Set<String>, limit: Int = 64) -> AsyncStream<News> {
        let (stream, continuation) = AsyncStream.makeStream(of: News.self, bufferingPolicy: .bufferingOldest(limit))
        let subscription = subscribe(name, to: kinds) { news in
            if case .dropped = continuation.yield(news) {
                throw StoreError(.busy, "the reader is \(limit) batches behind", isTransient: true)
            }
        }
        continuation.onTermination = { [weak self] _ in self?.unsubscribe(subscription) }
        return stream
    }

    /// The start of the look before the present one: the entries that are being delivered became visible after that.
    /// For handlers that measure their delay without a clock that replicas would have to share.
    public var previousLook: ContinuousClock.Instant? { state.withLock { $0.previousLook } }

    /// Whether everything that was committed until `age` ago has been delivered to subscribers. False in a process that
    /// has just started or was suspended, or whose database does not respond.
    public func isCurrent(within age: Duration) -> Bool {
        let looked = state.withLock { state in state.lastDelivered }
        return looked.map { now() - $0 <= age } ?? false
    }

    /// Records that this process wrote changes of these kinds; the empty kind means any.
    func wrote(_ kinds: Set<String>) {
        let isUrgent = kinds.contains("") || state.withLock { !$0.urgentKinds.isDisjoint(with: kinds) }
        if isUrgent { poke() }
    }

    /// Reads the log now instead of at the next interval.
    package func poke() {
        state.withLock { state in state.wake }?.yield()
    }

    /// Waits until every subscriber has handled everything that was committed before the call.
    ///
    /// The feed must be running. Throws `StoreError` if the log could not be read or a subscriber failed, and
    /// `CancellationError`.
    public func catchUp() async throws {
        try await nextTurn(poking: true)
    }

    /// Waits until the entry numbered `sequence` has been handled, however long that takes.
    package func caughtUp(to sequence: Int64) async throws {
        var isFirst = true
        while !state.withLock({ state in state.cursor?.hasSeen(sequence) ?? false }) {
            try await nextTurn(poking: isFirst)
            isFirst = false
        }
    }

    /// Follows the log until the task is cancelled. One run at a time.
    public func run() async throws {
        let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let isFree = state.withLock { state in
            if state.wake != nil { return false }
            state.wake = wake
            return true
        }
        guard isFree else { throw StoreError(.statement, "the change feed runs already") }
        defer { end() }
        wake.yield()
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [options, time] in
                while !Task.isCancelled {
                    try await time.sleep(for: options.interval)
                    wake.yield()
                }
            }
            group.addTask { [self] in
                while !Task.isCancelled {
                    try await time.sleep(for: options.pruningInterval)
                    await pruneQuietly()
                }
            }
            for await _ in wakes { await turn() }
            group.cancelAll()
        }
    }

    private func end() {
        let left = state.withLock { state in
            state.wake = nil
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in left { waiter.resume(throwing: StoreError(.closed, "the change feed ended")) }
    }

    private func nextTurn(poking: Bool) async throws {
        let number = state.withLock { state in
            state.nextNumber += 1
            return state.nextNumber
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (waiter: CheckedContinuation<Void, any Error>) in
                let isCancelled = state.withLock { state in
                    if Task.isCancelled { return true }
                    state.waiters[number] = waiter
                    return false
                }
                if isCancelled { waiter.resume(throwing: CancellationError()) }
                if poking { poke() }
            }
        } onCancel: {
            state.withLock { state in state.waiters.removeValue(forKey: number) }?
                .resume(throwing: CancellationError())
        }
    }
}

extension ChangeFeed {
    struct State {
        var nextNumber = 0
        var turns: UInt = 0
        var subscribers: [Subscriber] = []
        /// Kinds that some subscriber must receive at once when this process writes them.
        var urgentKinds: Set<String> = []
        var waiters: [Int: CheckedContinuation<Void, any Error>] = [:]
        var wake: AsyncStream<Void>.Continuation?
        /// Written only by the task that runs the feed.
        var cursor: FeedCursor?
        /// The start of the last completed look, and of the one before it.
        var lastLook: ContinuousClock.Instant?
        var previousLook: ContinuousClock.Instant?
        /// The start of the last look whose entries every subscriber has received.
        var lastDelivered: ContinuousClock.Instant?
    }

    struct Subscriber {
        let number: Int
        let name: String
        let kinds: Set<String>
        let handler: Handler
        var needsReset = true
    }
}
