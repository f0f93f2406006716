import Model
import NIOCore
import Synchronization

/// The heartbeats that go up on an agent's stream. A line that comes down answers each, in their order.
final class HeartbeatStream: Sendable {
    enum Outcome: Sendable {
        case taken
        case refused(Fault)
        /// The stream is not open, or ended before the answer.
        case unanswered
    }

    private struct State {
        var isOpen = false
        /// Of heartbeats that were sent, the oldest first.
        var waiting: [CheckedContinuation<Outcome, Never>] = []
    }

    /// What is sent: lines, until the stream is ended.
    let body: AsyncThrowingStream<ByteBuffer, any Error>
    private let continuation: AsyncThrowingStream<ByteBuffer, any Error>.Continuation
    private let state = Mutex(State())

    init() {
        (body, continuation) = AsyncThrowingStream.makeStream(of: ByteBuffer.self, throwing: (any Error).self)
    }

    /// The control plane takes heartbeats from now on.
    func open() { state.withLock { $0.isOpen = true } }

    /// Returns when it is answered, or when the stream ends.
    func send(_ heartbeat: [UInt8]) async -> Outcome {
        await withCheckedContinuation { waiting in
            let isSent = state.withLock { state in
                guard state.isOpen else { return false }
                state.waiting.append(waiting)
                // Under the lock: answers come in the order of the lines.
                continuation.yield(ByteBuffer(bytes: heartbeat + [UInt8(ascii: "\n")]))
                return true
            }
            if !isSent { waiting.resume(returning: .unanswered) }
        }
    }

    /// Answers the oldest heartbeat.
    func answer(_ outcome: Outcome) {
        state.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }?.resume(returning: outcome)
    }

    /// Ends the agent's side; with an error, the request fails with it.
    func end(_ error: (any Error)? = nil) {
        let unanswered = state.withLock { state in
            defer { state.waiting = [] }
            state.isOpen = false
            return state.waiting
        }
        continuation.finish(throwing: error)
        for waiting in unanswered { waiting.resume(returning: .unanswered) }
    }
}
