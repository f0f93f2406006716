import Model

/// An agent's pause before it reconnects. It doubles from `floor` to `ceiling`; the real pause is random between a
/// quarter and the whole of it, so that ten thousand agents that lost their server at once do not reconnect at once. If
/// there are several addresses, each is tried before the pause doubles.
struct Backoff: Sendable {
    let floor: Duration
    let ceiling: Duration
    let addresses: Int
    private var tries = 0

    init(floor: Duration = .seconds(4), ceiling: Duration = .seconds(60), addresses: Int = 1) {
        self.floor = floor
        self.ceiling = ceiling
        self.addresses = max(1, addresses)
    }

    /// - Parameter draw: a random number, 0 … 1
    mutating func next(draw: Double) -> Duration {
        let bound = ExponentialDelay(first: floor, longest: ceiling).doubled(tries / addresses)
        tries += 1
        return bound * (0.25 + 0.75 * min(max(draw, 0), 1))
    }

    /// Uses the longest pause from now on, because trying again soon is useless.
    mutating func give() { tries = 30 * addresses }

    mutating func reset() { tries = 0 }
}
