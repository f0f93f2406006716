public import Model
import Synchronization

/// Lets concurrent callers that need the same result share one piece of work.
///
/// The first caller does the work in its own task, and the others wait for the result. If that caller is cancelled, a
/// waiting one takes over, so that one disconnecting client is no error for another.
public final class SingleFlight<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private enum Outcome: Sendable {
        case value(Value)
        case fault(Fault)
        case takeOver
    }

    private let waiting = Mutex<[Key: [CheckedContinuation<Outcome, Never>]]>([:])

    public init() {}

    public func run(_ key: Key, _ work: () async throws(Fault) -> Value) async throws(Fault) -> Value {
        while true {
            let isFirst = waiting.withLock { waiting in
                guard waiting[key] == nil else { return false }
                waiting[key] = []
                return true
            }
            if isFirst { return try await lead(key, work) }
            let outcome = await withCheckedContinuation { continuation in
                let isLate = waiting.withLock { waiting in
                    guard waiting[key] != nil else { return true }
                    waiting[key]?.append(continuation)
                    return false
                }
                if isLate { continuation.resume(returning: .takeOver) }
            }
            switch outcome {
            case .value(let value): return value
            case .fault(let fault): throw fault
            case .takeOver: continue
            }
        }
    }

    private func lead(_ key: Key, _ work: () async throws(Fault) -> Value) async throws(Fault) -> Value {
        do throws(Fault) {
            let value = try await work()
            land(key, .value(value))
            return value
        } catch {
            land(key, Task.isCancelled ? .takeOver : .fault(error))
            throw error
        }
    }

    private func land(_ key: Key, _ outcome: Outcome) {
        for follower in waiting.withLock({ $0.removeValue(forKey: key) }) ?? [] { follower.resume(returning: outcome) }
    }
}
