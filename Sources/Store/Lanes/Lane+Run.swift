import Synchronization

extension Lane {
    /// Runs `body` on one of the threads. If the caller is cancelled before its turn, `body` does not run; afterwards
    /// it is completed.
    package func run<Result: Sendable>(
        _ body: @escaping @Sendable (Station) throws -> Result
    ) async throws -> Result {
        let ticket = Ticket()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isAccepted = add { station in
                    continuation.resume(
                        with: Swift.Result {
                            if ticket.isGivenUp { throw CancellationError() }
                            return try body(station)
                        })
                }
                if !isAccepted { continuation.resume(throwing: StoreError(.closed, "the store is closed")) }
            }
        } onCancel: {
            ticket.giveUp()
        }
    }
}

/// Whether the caller still waits.
private final class Ticket: Sendable {
    private let flag = Atomic(false)

    var isGivenUp: Bool { flag.load(ordering: .acquiring) }
    func giveUp() { flag.store(true, ordering: .releasing) }
}
