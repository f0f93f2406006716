public import ServiceLifecycle

/// Work that runs beside requests, in the life cycle of the process: it is cancelled at a graceful stop.
public struct BackgroundTask: ServiceLifecycle.Service, CustomStringConvertible {
    public let description: String
    private let body: @Sendable () async throws -> Void

    public init(_ description: String, _ body: @escaping @Sendable () async throws -> Void) {
        self.description = description
        self.body = body
    }

    public func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await body() }
        } catch is CancellationError {
            // The stop that was asked for.
        }
    }
}
