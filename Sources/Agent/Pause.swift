/// Waits for a span; a parameter, so that tests decide when time passes.
public typealias Waiting = @Sendable (Duration) async throws -> Void

/// A growing pause with jitter, from a fifth of a second to half a minute.
public struct Pause: Sendable {
    private var length: Duration = .milliseconds(200)

    public init() {}

    public mutating func next() -> Duration {
        defer { length = min(length * 2, .seconds(30)) }
        return length * Double.random(in: 0.5...1)
    }

    public mutating func reset() { length = .milliseconds(200) }
}
