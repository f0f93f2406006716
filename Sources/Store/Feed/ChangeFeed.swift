public import Logging
import Metrics
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
    /// What a subscriber is told.
    public enum News: Sendable, Equatable {
        /// Anything may have changed: load everything again.
        case reset
        /// In the log's order as far as it is known, the latest entry for each key only.
        case changes([ChangeLog.Entry])
    }

    public struct Options: Sendable {
        /// How often other processes' writes are looked for. This process's own are seen at once.
        public var interval: Duration = .milliseconds(100)
        /// Entries read in one query.
        public var page = 1000
        /// Newest entries that pruning leaves. A replica further behind reloads.
        public var keeps: Int64 = 100_000
        public var pruningInterval: Duration = .seconds(60)

        public init() {}
    }

    /// Names a subscription, for ending it.
    public struct Subscription: Sendable, Hashable {
        fileprivate let number: Int
    }

    public typealias Handler = @Sendable (News) async throws -> Void

    let engine: any StateStore
    let options: Options
    let logger: Logger
    let state = Mutex(State())
    let behind = Gauge(label: "kilonova_change_feed_entries_behind")
    let openGaps = Gauge(label: "kilonova_change_feed_open_gaps")
    let resets = Counter(label: "kilonova_change_feed_resets_total")
    let failures = Counter(label: "kilonova_change_feed_failures_total")

    public init(
        _ engine: any StateStore, options: Options = Options(), logger: Logger = Logger(label: "kilonova.store")
    ) {
        self.engine = engine
        self.options = options
        self.logger = logger
    }

    /// The same database; a write through it that notes a change wakes this feed as soon as it is committed.
    public var store: any StateStore { ObservedStore(engine: engine, feed: self) }

    /// Calls `handler` with changes of `kinds`, one call after another, from the task that runs the feed.
    ///
    /// A handler must not wait for this feed. One that throws is told `.reset` next time.
    ///
    /// - Parameter knowsOwnWrites: whether it learns by itself of what this process writes, so that such a write alone
    ///   need not have the log read at once
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

    /// Changes of `kinds` as a sequence, `.reset` first. Who reads too slowly loses `limit` and more, and gets `.reset`.
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

    /// When the look before the present one began: what is being delivered became visible after that. For handlers that
    /// measure how late they learn of things, without a clock that replicas would have to share.
    public var previousLook: ContinuousClock.Instant? { state.withLock { $0.previousLook } }

    /// Whether all that was committed until `age` ago has been handed to subscribers. False in a process that has just begun,
    /// or slept, or whose database does not answer.
    public func isCurrent(within age: Duration) -> Bool {
        let looked = state.withLock { state in state.lastDelivered }
        return looked.map { ContinuousClock.now - $0 <= age } ?? false
    }

    /// This process wrote changes of these kinds; the empty one stands for any.
    func wrote(_ kinds: Set<String>) {
        let isUrgent = kinds.contains("") || state.withLock { !$0.urgentKinds.isDisjoint(with: kinds) }
        if isUrgent { poke() }
    }

    /// Looks at the log now rather than at the next interval.
    public func poke() {
        state.withLock { state in state.wake }?.yield()
    }

    /// Waits until all that was committed before the call has been handled by every subscriber.
    ///
    /// Needs the feed to run. Throws `StoreError` when the log could not be read or a subscriber failed, and
    /// `CancellationError`.
    public func catchUp() async throws {
        try await nextTurn(poking: true)
    }

    /// Waits until the entry numbered `sequence` has been handled, however long that takes.
    public func caughtUp(to sequence: Int64) async throws {
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
            group.addTask { [options] in
                while !Task.isCancelled {
                    try await Task.sleep(for: options.interval)
                    wake.yield()
                }
            }
            group.addTask { [self] in
                while !Task.isCancelled {
                    try await Task.sleep(for: options.pruningInterval)
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
        /// Kinds of which some subscriber wants to hear at once when this process writes them.
        var urgentKinds: Set<String> = []
        var waiters: [Int: CheckedContinuation<Void, any Error>] = [:]
        var wake: AsyncStream<Void>.Continuation?
        /// Written only by the task that runs the feed.
        var cursor: FeedCursor?
        /// When the last look that came to its end began, and the one before it.
        var lastLook: ContinuousClock.Instant?
        var previousLook: ContinuousClock.Instant?
        /// When the last look began whose findings every subscriber has.
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
