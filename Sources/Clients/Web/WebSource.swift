public import NIOCore

/// Gets what lies at an address that somebody outside named.
public protocol WebSource: Sendable {
    /// Calls `take` with one piece after another; the next comes when it has returned. Throws a `WebFault` where the data cannot be got.
    func fetch(_ address: WebAddress, take: @Sendable (ByteBuffer) async throws -> Void) async throws
}

/// Why data could not be got from the web, as the user may read it.
public struct WebFault: Error, Sendable, Equatable {
    public let reason: String

    public init(_ reason: String) {
        self.reason = reason
    }
}
