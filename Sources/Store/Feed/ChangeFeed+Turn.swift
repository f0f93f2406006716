import Logging
import Metrics
import Model
import Synchronization

extension ChangeFeed {
    /// What one look at the log found.
    private struct Look: Sendable {
        var lowest: Int64?
        var highest: Int64?
        /// Beyond the position, or the log's tail when there is no position yet.
        var new: [ChangeLog.Entry] = []
        var late: [ChangeLog.Entry] = []
    }

    /// How far below the end a new reader looks for numbers whose transactions may still be open.
    private static let tail: Int64 = 1024
    /// Gaps older than this are looked at only now and then.
    private static let fresh: Int64 = 1_000_000

    /// Reads what is new and hands it on; whoever waited before it began is told.
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

    /// One page. True when there is more.
    private func step() async throws -> Bool {
        let now = time.now()
        let cursor = state.withLock { state in state.cursor }
        let look = try await look(from: cursor, at: now)
        let keepsGaps = engine.dialect == .postgresql

        let wasLost =
            if let cursor { (look.highest ?? 0) < cursor.position || (look.lowest ?? 0) > cursor.position + 1 } else {
                true
            }
        if wasLost {
            resets.increment()
            let tail = try await tail(below: look.highest ?? 0)
            begin(
                FeedCursor(
                    tail: tail, above: (look.highest ?? 0) - Self.tail, at: now, keepsGaps: keepsGaps))
            try await deliver([])
            return false
        }
        guard var next = cursor else { return false }
        let found = next.fill(with: look.late) + look.new
        next.advance(over: look.new, at: now)
        next.forget(before: Timestamp(microseconds: now.microseconds - options.patience.microseconds))
        behind.record((look.highest ?? 0) - next.position)
        openGaps.record(next.openGaps)
        state.withLock { [next] state in state.cursor = next }
        try await deliver(found)
        return look.new.count == options.page
    }

    private func begin(_ cursor: FeedCursor) {
        state.withLock { state in
            state.cursor = cursor
            for index in state.subscribers.indices { state.subscribers[index].needsReset = true }
        }
    }

    private func look(from cursor: FeedCursor?, at now: Timestamp) async throws -> Look {
        let page = options.page
        let stretches = cursor.map(stretches) ?? []
        let position = cursor?.position
        return try await engine.read { transaction in
            var look = Look()
            try transaction.forEach("SELECT (SELECT MIN(seq) FROM change_log), (SELECT MAX(seq) FROM change_log)") {
                row in
                look.lowest = try row[0]
                look.highest = try row[1]
            }
            guard let position, let highest = look.highest else { return look }
            if highest > position {
                look.new = try transaction.all(
                    """
                    SELECT seq, kind, key, generation FROM change_log WHERE seq > \(position) ORDER BY seq LIMIT \(page)
                    """, ChangeLog.Entry.init)
            }
            for stretch in stretches {
                look.late += try transaction.all(
                    """
                    SELECT seq, kind, key, generation FROM change_log
                    WHERE seq >= \(stretch.lowerBound) AND seq <= \(stretch.upperBound) ORDER BY seq
                    """, ChangeLog.Entry.init)
            }
            return look
        }
    }

    private func tail(below highest: Int64) async throws -> [ChangeLog.Entry] {
        try await engine.read { transaction in
            try transaction.all(
                """
                SELECT seq, kind, key, generation FROM change_log
                WHERE seq > \(highest - Self.tail) AND seq <= \(highest) ORDER BY seq
                """, ChangeLog.Entry.init)
        }
    }

    /// All gaps when somebody waits, for the missing entry may be his; else mostly the fresh ones.
    private func stretches(of cursor: FeedCursor) -> [ClosedRange<Int64>] {
        let (turns, hasWaiters) = state.withLock { state in
            state.turns &+= 1
            return (state.turns, !state.waiters.isEmpty)
        }
        if hasWaiters || turns.isMultiple(of: 16) { return cursor.stretches() }
        return cursor.stretches(openedSince: Timestamp(microseconds: time.now().microseconds - Self.fresh))
    }

    /// Tells each subscriber what concerns it. Throws the last failure after all were told.
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

extension ChangeLog.Entry {
    fileprivate init(_ row: borrowing Row) throws {
        self.init(sequence: try row[0], kind: try row[1], key: try row[2], generation: try row[3])
    }
}

extension Duration {
    var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}
