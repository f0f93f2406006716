import Model
import Synchronization

/// Where claims of consumers that hold nothing yet wait while others of them are being written; those that waited are
/// written together, in one transaction.
///
/// There is a line for each provider, so that claims of different hosts hold nothing up for one another; a request stands in
/// that of the first of its providers. Whoever finds the line empty writes at once. When it is done it hands the line to the first of those that came
/// meanwhile, who writes for all of them. So a provider that everybody wants costs one change for many claims, and nobody's
/// task works for others for longer than its own turn.
final class ClaimLine: Sendable {
    /// The requests that one turn writes together, the leader's own first.
    typealias Requests = [[ConsumerClaim]]

    private enum Call {
        /// This caller must write for itself and these.
        case lead([Waiting])
        case over(Result<Bool, any Error>)
    }

    private struct Waiting {
        let request: [ConsumerClaim]
        let call: CheckedContinuation<Call, Never>
    }

    /// Maximum size of a turn, which bounds how long its first request waits for its last.
    private static let most = 128

    /// Waiting requests by provider; an entry without waiters is a line in use.
    private let lines = Mutex<[ResourceProviderID?: [Waiting]]>([:])

    /// Makes `write` write `request`, alone or with others, in this task or in another one.
    ///
    /// `write` returns which requests are written; an error that it throws reaches all requests of the turn.
    ///
    /// - Returns: false if the request was not written
    func run(
        _ request: [ConsumerClaim], _ write: (Requests) async throws -> [Bool]
    ) async throws -> Bool {
        let place = request.flatMap(\.allocations.keys).min()
        switch await enter(request, place) {
        case .over(let result): return try result.get()
        case .lead(let others):
            defer { leave(place) }
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

    private func enter(_ request: [ConsumerClaim], _ place: ResourceProviderID?) async -> Call {
        if take(place) { return .lead([]) }
        return await withCheckedContinuation { call in
            let isFree = lines.withLock { lines in
                guard lines[place] != nil else {
                    lines[place] = []
                    return true
                }
                lines[place]?.append(Waiting(request: request, call: call))
                return false
            }
            if isFree { call.resume(returning: .lead([])) }
        }
    }

    /// Returns false if the line is in use.
    private func take(_ place: ResourceProviderID?) -> Bool {
        lines.withLock { lines in
            if lines[place] != nil { return false }
            lines[place] = []
            return true
        }
    }

    private func leave(_ place: ResourceProviderID?) {
        let turn: [Waiting] = lines.withLock { lines in
            guard let waiting = lines[place], !waiting.isEmpty else {
                lines[place] = nil
                return []
            }
            lines[place] = Array(waiting.dropFirst(Self.most))
            return Array(waiting.prefix(Self.most))
        }
        turn.first?.call.resume(returning: .lead(Array(turn.dropFirst())))
    }
}
