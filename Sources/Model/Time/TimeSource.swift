import FoundationEssentials

/// Where the time comes from; a parameter, so that a whole fleet can run under a virtual clock.
public struct TimeSource: Sendable {
    private let read: @Sendable () -> Timestamp

    public init(_ read: @escaping @Sendable () -> Timestamp) {
        self.read = read
    }

    /// The system's wall clock.
    public static let system = TimeSource {
        Timestamp(microseconds: Int64((Date.now.timeIntervalSince1970 * 1_000_000).rounded(.down)))
    }

    public func now() -> Timestamp { read() }
}
