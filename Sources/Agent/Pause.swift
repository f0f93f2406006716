import Model

/// Waits for a span; a parameter, so that tests decide when time passes.
public typealias Waiting = @Sendable (Duration) async throws -> Void

/// A growing pause with jitter, from a fifth of a second to half a minute.
public struct Pause: Sendable {
    private static let delay = ExponentialDelay(first: .milliseconds(200), longest: .seconds(30))
    private var tries = 0

    public init() {}

    public mutating func next() -> Duration {
        defer { tries += 1 }
        return Self.delay.doubled(tries) * Double.random(in: 0.5...1)
    }

    public mutating func reset() { tries = 0 }
}
