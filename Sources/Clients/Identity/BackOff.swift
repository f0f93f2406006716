import Model

/// Spares a peer that does not answer: after each failure in a row nobody asks it for twice as long, up to a limit.
struct BackOff: Sendable {
    private var failures = 0
    private var quietUntil: Timestamp?
    private let first: Duration = .milliseconds(250)
    private let longest: Duration = .seconds(10)

    /// How long still nobody should ask; nil when one may.
    func remaining(at now: Timestamp) -> Duration? {
        guard let quietUntil, now < quietUntil else { return nil }
        return quietUntil.since(now)
    }

    mutating func failed(at now: Timestamp) {
        let pause = min(longest, first * (1 << min(failures, 10)))
        failures += 1
        quietUntil = now + pause
    }

    mutating func succeeded() {
        failures = 0
        quietUntil = nil
    }
}
