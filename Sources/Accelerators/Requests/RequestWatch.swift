import API
import Model
import Store
import Synchronization

/// Callers that wait until accelerator requests change. What changed, the database says; this only wakes them.
///
/// Changes of this replica wake them at once, those of others when the change feed brings them.
final class RequestWatch: Sendable {
    /// Of the change log.
    static let changeKind = "accelerator_request"
    static let longest = 60
    static let wait = QueryParameter<Seconds>(
        "wait", "Wait so many seconds for a change before answering", since: Page.version)

    /// A whole number of seconds up to `longest`.
    struct Seconds: ParameterValue {
        static let schema = Schema.integerRange(0, RequestWatch.longest)
        static let form = "a whole number of seconds from 0 to \(RequestWatch.longest)"
        let duration: Duration

        init?(parameter text: String) {
            guard let count = Int(text), (0...RequestWatch.longest).contains(count) else { return nil }
            duration = .seconds(count)
        }
    }

    private struct State {
        var next = 0
        var waiting: [AcceleratorRequestID: [Int: AsyncStream<Void>.Continuation]] = [:]
    }

    private let state = Mutex(State())
    /// How long a change may go unnoticed where no feed tells of it.
    private let look: Duration

    init(_ feed: ChangeFeed?) {
        look = feed == nil ? .milliseconds(200) : .seconds(5)
        feed?.subscribe("waiting callers", to: [Self.changeKind]) { [weak self] news in self?.hear(news) }
    }

    /// Calls `attempt` now and after each change of `requests`, until it answers something or `span` is over; then it
    /// answers nil. What changes while an attempt runs is not missed.
    func wait<Value: Sendable>(
        for requests: [AcceleratorRequestID], span: Duration, _ attempt: () async throws -> Value?
    ) async throws -> Value? {
        let clock = ContinuousClock()
        let end = clock.now + span
        while true {
            let news = news(of: requests)
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

    private func news(of requests: [AcceleratorRequestID]) -> AsyncStream<Void> {
        let (stream, sink) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            state.next += 1
            for request in requests { state.waiting[request, default: [:]][state.next] = sink }
            return state.next
        }
        sink.onTermination = { [weak self] _ in self?.leave(number, requests) }
        return stream
    }

    private func leave(_ number: Int, _ requests: [AcceleratorRequestID]) {
        state.withLock { state in
            for request in requests {
                state.waiting[request]?[number] = nil
                if state.waiting[request]?.isEmpty == true { state.waiting[request] = nil }
            }
        }
    }

    private func hear(_ news: ChangeFeed.News) {
        let sinks: [AsyncStream<Void>.Continuation] = state.withLock { state in
            switch news {
            case .reset: state.waiting.values.flatMap(\.values)
            case .changes(let entries):
                entries.flatMap { entry in
                    AcceleratorRequestID(entry.key).flatMap { state.waiting[$0] }.map { Array($0.values) } ?? []
                }
            }
        }
        for sink in sinks { sink.yield() }
    }
}
