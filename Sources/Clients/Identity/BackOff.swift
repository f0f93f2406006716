import Model

/// Delays requests to a peer that does not respond: each consecutive failure doubles the pause, up to a maximum.
///
/// A refused sign-in is delayed for longer. Most identity services lock an account after some consecutive wrong
/// passwords, also for its other users, and reset the count after half an hour. So from the fourth attempt on, attempts
/// are further apart than that.
struct BackOff: Sendable {
    private var failures = 0
    private var refusals = 0
    private var quietUntil: Timestamp?
    private static let afterFailures = ExponentialDelay(first: .milliseconds(250), longest: .seconds(10))
    private static let afterRefusals: [Duration] = [.seconds(30), .seconds(120), .seconds(600), .seconds(1860)]

    /// How long to wait before the next request; nil if it may be sent now.
    func remaining(at now: Timestamp) -> Duration? {
        guard let quietUntil, now < quietUntil else { return nil }
        return quietUntil.since(now)
    }

    mutating func failed(at now: Timestamp) {
        quietUntil = now + Self.afterFailures.doubled(failures)
        failures += 1
    }

    /// Records that the peer refused the sign-in. Returns the pause.
    mutating func refused(at now: Timestamp) -> Duration {
        let pause = Self.afterRefusals[min(refusals, Self.afterRefusals.count - 1)]
        refusals += 1
        quietUntil = now + pause
        return pause
    }

    /// Records that the peer accepted the sign-in.
    mutating func admitted() {
        refusals = 0
        succeeded()
    }

    mutating func succeeded() {
        failures = 0
        quietUntil = nil
    }
}
