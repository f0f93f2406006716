/// A pause that doubles with each consecutive failure, up to a maximum.
public struct ExponentialDelay: Sendable {
    private let first: Duration
    private let longest: Duration

    public init(first: Duration, longest: Duration) {
        self.first = first
        self.longest = longest
    }

    /// The pause after doubling it `times` times.
    public func doubled(_ times: Int) -> Duration { min(longest, first * (1 << min(max(times, 0), 30))) }
}
