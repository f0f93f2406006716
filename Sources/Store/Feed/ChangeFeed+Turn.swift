import Logging
import Metrics
import Synchronization

extension ChangeFeed {
    /// If there are more stretches than this, they are read only occasionally.
    private static let fewStretches = 64

    /// Reads new entries and delivers them. Callers that waited before it began are resumed.
    func turn() async {
        let due = state.withLock { state in Array(state.waiters.keys) }
        var failure: (any Error)?
        do {
            repeat {} while try await step()
        } catch {
            failure = error
            if !(error is CancellationError) {
                failures.increment()
                logger.warning(
                    "the change log could not be followed", metadata: ["error": "\(String(reflecting: error))"])
            }
        }
        let told = state.withLock { state in due.compactMap { number in state.waiters.removeValue(forKey: number) } }
        for waiter in told {
            if let failure { waiter.resume(throwing: failure) } else { waiter.resume() }
        }
    }

    /// Reads one page. Returns true if there are more.
    private func step() async throws -> Bool {
        guard let cursor = state.withLock({ state in state.cursor }) else { return try await restart() }
        let stretches = stretches(of: cursor)
        let page = options.page
        let begin = now()
        let look = try await engine.read { transaction in
            try LogLook(from: cursor, stretches: stretches ?? [], page: page, in: transaction)
        }
        var next = cursor
        let found = next.fill(with: look.late) + look.new
        // Before gaps are given up: an entry that is not there may have been pruned, not rolled back.
        guard look.highest >= next.position, next.keepsUp(withLowest: look.lowest) else { return try await restart() }
        if let oldest = look.oldest, stretches != nil { next.settle(before: oldest) }
        next.advance(over: look.new, horizon: look.horizon)
        behind.record(look.highest - next.position)
        openGaps.record(next.openGaps)
        state.withLock { [next] state in
            state.cursor = next
            state.previousLook = state.lastLook
            state.lastLook = begin
        }
        try await deliver(found)
        if look.new.count < page { state.withLock { state in state.lastDelivered = begin } }
        return look.new.count == page
    }

    /// Starts at the end of the log; every subscriber loads everything.
    private func restart() async throws -> Bool {
        resets.increment()
        let begin = now()
        let look = try await engine.read { transaction in try LogLook(surveying: transaction) }
        let cursor = FeedCursor(
            at: look.highest, floor: look.lowest, missing: look.missing, horizon: look.horizon ?? 0)
        state.withLock { state in
            state.cursor = cursor
            for index in state.subscribers.indices { state.subscribers[index].needsReset = true }
        }
        try await deliver([])
        state.withLock { state in state.lastDelivered = begin }
        return false
    }

    /// Where to look for missing numbers; nil if that is left to a later turn. It is not left if a caller waits,
    /// because the missing entry may be the caller's.
    private func stretches(of cursor: FeedCursor) -> [ClosedRange<Int64>]? {
        let stretches = cursor.stretches()
        let (turns, hasWaiters) = state.withLock { state in
            state.turns &+= 1
            return (state.turns, !state.waiters.isEmpty)
        }
        return stretches.count <= Self.fewStretches || hasWaiters || turns.isMultiple(of: 16) ? stretches : nil
    }

    /// Delivers to each subscriber the entries that concern it. Throws the last failure after all deliveries.
    private func deliver(_ entries: [ChangeLog.Entry]) async throws {
        var failure: (any Error)?
        let latest = Self.latest(of: entries)
        for subscriber in state.withLock({ state in state.subscribers }) {
            let mine = latest.filter { subscriber.kinds.contains($0.kind) }
            guard subscriber.needsReset || !mine.isEmpty else { continue }
            do {
                try await subscriber.handler(subscriber.needsReset ? .reset : .changes(mine))
                mark(subscriber.number, needsReset: false)
            } catch {
                mark(subscriber.number, needsReset: true)
                failures.increment()
                logger.warning(
                    "a reader of the change log failed and will load everything again",
                    metadata: ["reader": "\(subscriber.name)", "error": "\(String(reflecting: error))"])
                failure = StoreError(.busy, "\(subscriber.name) could not follow the change log", isTransient: true)
            }
        }
        if let failure { throw failure }
    }

    private func mark(_ number: Int, needsReset: Bool) {
        state.withLock { state in
            guard let index = state.subscribers.firstIndex(where: { $0.number == number }) else { return }
            state.subscribers[index].needsReset = needsReset
        }
    }

    /// The last entry for each key, in order.
    private static func latest(of entries: [ChangeLog.Entry]) -> [ChangeLog.Entry] {
        guard entries.count > 1 else { return entries }
        var last: [[String]: Int64] = [:]
        for entry in entries {
            last[[entry.kind, entry.key]] = max(entry.sequence, last[[entry.kind, entry.key]] ?? 0)
        }
        return entries.filter { last[[$0.kind, $0.key]] == $0.sequence }
    }
}
