import Model

/// Spares a peer that does not answer: after each failure in a row nobody asks it for twice as long, up to a limit.
///
/// A sign-in that is refused is spared longer: most identity services lock an account after some wrong passwords in a row, for
/// whoever else uses it, and count anew after half an hour. So the fourth and later tries are further apart than that.
struct BackOff: Sendable {
    private var failures = 0
    private var refusals = 0
    private var quietUntil: Timestamp?
    private static let afterFailures = ExponentialDelay(first: .milliseconds(250), longest: .seconds(10))
    private static let afterRefusals: [Duration] = [.seconds(30), .seconds(120), .seconds(600), .seconds(1860)]

    /// How long still nobody should ask; nil when one may.
    func remaining(at now: Timestamp) -> Duration? {
        guard let quietUntil, now < quietUntil else { return nil }
        return quietUntil.since(now)
    }

    mutating func failed(at now: Timestamp) {
        quietUntil = now + Self.afterFailures.doubled(failures)
        failures += 1
    }

    /// The peer answered that it does not want us. Answers how long it is left alone.
    mutating func refused(at now: Timestamp) -> Duration {
        let pause = Self.afterRefusals[min(refusals, Self.afterRefusals.count - 1)]
        refusals += 1
        quietUntil = now + pause
        return pause
    }

    /// It let us in.
    mutating func admitted() {
        refusals = 0
        succeeded()
    }

    mutating func succeeded() {
        failures = 0
        quietUntil = nil
    }
}
