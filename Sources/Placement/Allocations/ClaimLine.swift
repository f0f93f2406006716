import Model
import Synchronization

/// Where claims of consumers that hold nothing yet wait while others of them are being written; those that waited are
/// written together, in one transaction.
///
/// Whoever finds the line empty writes at once. When it is done it hands the line to the first of those that came
/// meanwhile, who writes for all of them. So a provider that everybody wants costs one change for many claims, and nobody's
/// task works for others for longer than its own turn.
final class ClaimLine: Sendable {
    /// What one turn is about: the requests that are written together, one's own first.
    typealias Requests = [[ConsumerClaim]]

    private enum Call {
        /// It is this one's turn to write for itself and these.
        case lead([Waiting])
        case over(Result<Bool, any Error>)
    }

    private struct Waiting {
        let request: [ConsumerClaim]
        let call: CheckedContinuation<Call, Never>
    }

    private struct State {
        var waiting: [Waiting] = []
        var isBusy = false
    }

    /// Bounds how long the first of a turn waits for the last.
    private static let most = 128

    private let state = Mutex(State())

    /// Has `write` write `request`, alone or with others, in this task or in another's.
    ///
    /// `write` answers which requests are written; what it throws reaches all of the turn.
    ///
    /// - Returns: false where the request was not written
    func run(
        _ request: [ConsumerClaim], _ write: (Requests) async throws -> [Bool]
    ) async throws -> Bool {
        switch await enter(request) {
        case .over(let result): return try result.get()
        case .lead(let others):
            defer { leave() }
            do {
                let written = try await write([request] + others.map(\.request))
                for (waiting, isWritten) in zip(others, written.dropFirst()) {
                    waiting.call.resume(returning: .over(.success(isWritten)))
                }
                return written[0]
            } catch {
                // One that was given up before it began concerns nobody else.
                let outcome: Result<Bool, any Error> = error is CancellationError ? .success(false) : .failure(error)
                for waiting in others { waiting.call.resume(returning: .over(outcome)) }
                throw error
            }
        }
    }

    private func enter(_ request: [ConsumerClaim]) async -> Call {
        let isFree = state.withLock { state in
            defer { state.isBusy = true }
            return !state.isBusy
        }
        if isFree { return .lead([]) }
        return await withCheckedContinuation { call in
            let isFree = state.withLock { state in
                if state.isBusy {
                    state.waiting.append(Waiting(request: request, call: call))
                    return false
                }
                state.isBusy = true
                return true
            }
            if isFree { call.resume(returning: .lead([])) }
        }
    }

    private func leave() {
        let turn: [Waiting] = state.withLock { state in
            let turn = Array(state.waiting.prefix(Self.most))
            state.waiting.removeFirst(turn.count)
            state.isBusy = !turn.isEmpty
            return turn
        }
        turn.first?.call.resume(returning: .lead(Array(turn.dropFirst())))
    }
}
