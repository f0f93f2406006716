/// A pause that doubles with each failure in a row, up to a limit.
public struct ExponentialDelay: Sendable {
    private let first: Duration
    private let longest: Duration

    public init(first: Duration, longest: Duration) {
        self.first = first
        self.longest = longest
    }

    /// The pause that was doubled so many times.
    public func doubled(_ times: Int) -> Duration { min(longest, first * (1 << min(max(times, 0), 30))) }
}
