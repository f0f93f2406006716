public import ServiceLifecycle

/// Work that runs beside requests, in the life cycle of the process: it is cancelled at a graceful stop.
public struct BackgroundTask: ServiceLifecycle.Service, CustomStringConvertible {
    public let description: String
    private let body: @Sendable () async throws -> Void

    public init(_ description: String, _ body: @escaping @Sendable () async throws -> Void) {
        self.description = description
        self.body = body
    }

    /// Work that is done again and again, with `pause` after each turn. A failure is told, and the next turn comes all the same.
    public static func repeating(
        _ description: String, every pause: Duration, _ turn: @escaping @Sendable () async throws -> Void,
        failed: @escaping @Sendable (any Error) -> Void
    ) -> BackgroundTask {
        BackgroundTask(description) {
            while true {
                do {
                    try await turn()
                } catch is CancellationError {
                    throw CancellationError()
                } catch {
                    failed(error)
                }
                try await Task.sleep(for: pause)
            }
        }
    }

    public func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await body() }
        } catch is CancellationError {
            // The stop that was asked for.
        }
    }
}
