import FoundationEssentials

/// The source of the time; a parameter, so that a complete fleet can run under a virtual clock.
public struct TimeSource: Sendable {
    private let read: @Sendable () -> Timestamp
    private let pause: @Sendable (Duration) async throws -> Void

    /// - Parameter pause: lets that much time pass; throws `CancellationError` when the task is cancelled
    public init(
        _ read: @escaping @Sendable () -> Timestamp,
        pause: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.read = read
        self.pause = pause
    }

    /// The system's wall clock.
    public static let system = TimeSource {
        Timestamp(microseconds: Int64((Date.now.timeIntervalSince1970 * 1_000_000).rounded(.down)))
    }

    public func now() -> Timestamp { read() }

    /// Lets time pass. Throws `CancellationError` when the task is cancelled.
    public func sleep(for duration: Duration) async throws { try await pause(duration) }
}
