public import Store
import Synchronization

/// Callers that wait until what they name changes. What changed, the database says; this only wakes them.
///
/// Changes of this replica wake them at once, those of others when the change feed brings them.
public final class ChangeWatch<Subject: Hashable & Sendable>: Sendable {
    private struct State {
        var next = 0
        var waiting: [Subject: [Int: AsyncStream<Void>.Continuation]] = [:]
    }

    private let state = Mutex(State())
    /// How long a change may go unnoticed where no feed tells of it.
    private let look: Duration
    private let subject: @Sendable (_ key: String) -> Subject?

    /// - Parameters:
    ///   - feed: tells of changes; nil where nothing does
    ///   - kind: what the change log calls changes of the subjects
    ///   - subject: whose change a key of the log is; nil for what is none
    public init(_ feed: ChangeFeed?, of kind: String, subject: @escaping @Sendable (_ key: String) -> Subject?) {
        look = feed == nil ? .milliseconds(200) : .seconds(5)
        self.subject = subject
        feed?.subscribe("waiting callers of \(kind)", to: [kind]) { [weak self] news in self?.hear(news) }
    }

    /// Calls `attempt` now and after each change of `subjects`, until it answers something or `span` is over; then it
    /// answers nil. What changes while an attempt runs is not missed.
    public func wait<Value: Sendable>(
        for subjects: [Subject], span: Duration, _ attempt: () async throws -> Value?
    ) async throws -> Value? {
        let clock = ContinuousClock()
        let end = clock.now + span
        while true {
            let news = news(of: subjects)
            if let value = try await attempt() { return value }
            let left = clock.now.duration(to: end)
            if left <= .zero { return nil }
            try await Self.first(of: news, within: min(left, look))
        }
    }

    private static func first(of news: AsyncStream<Void>, within span: Duration) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in news { return } }
            group.addTask { try await Task.sleep(for: span) }
            try await group.next()
            group.cancelAll()
        }
    }

    private func news(of subjects: [Subject]) -> AsyncStream<Void> {
        let (stream, sink) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            state.next += 1
            for subject in subjects { state.waiting[subject, default: [:]][state.next] = sink }
            return state.next
        }
        sink.onTermination = { [weak self] _ in self?.leave(number, subjects) }
        return stream
    }

    private func leave(_ number: Int, _ subjects: [Subject]) {
        state.withLock { state in
            for subject in subjects {
                state.waiting[subject]?[number] = nil
                if state.waiting[subject]?.isEmpty == true { state.waiting[subject] = nil }
            }
        }
    }

    private func hear(_ news: ChangeFeed.News) {
        let sinks: [AsyncStream<Void>.Continuation] = state.withLock { state in
            switch news {
            case .reset: state.waiting.values.flatMap(\.values)
            case .changes(let entries):
                entries.flatMap { entry in
                    subject(entry.key).flatMap { state.waiting[$0] }.map { Array($0.values) } ?? []
                }
            }
        }
        for sink in sinks { sink.yield() }
    }
}
