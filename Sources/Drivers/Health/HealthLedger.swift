/// Whether a device is given out, from what single looks at it say.
///
///     well ──two bad looks in a row──▶ withdrawn ──three good looks in a row──▶ well
///
/// One bad look is no reason, and one good look after bad ones no recovery: a device that comes and goes stays away. A device
/// that is gone from its host, or will not be well as things stand, is withdrawn at once. What cannot be asked now, for a guest has it, changes nothing.
public struct HealthLedger: Sendable, Equatable {
    public enum Standing: Sendable, Equatable {
        case well
        /// The device is not offered, for this reason.
        case withdrawn(String)
    }

    /// The effect of the last look.
    public enum Change: Sendable, Equatable {
        case withdraw(String)
        case restore
    }

    static let badLooks = 2
    static let goodLooks = 3

    public private(set) var standing: Standing = .well
    /// The last result that was not unknown.
    public private(set) var last: DeviceHealth?
    /// The evidence for the current withdrawal, at its time.
    public private(set) var evidence: [String: String] = [:]
    private var streak = 0

    public init() {}

    /// Adds one result.
    public mutating func take(_ health: DeviceHealth) -> Change? {
        guard health.state != .unknown else { return nil }
        last = health
        let isBad = health.state == .sick
        switch (standing, isBad) {
        case (.well, true):
            streak += 1
            guard streak >= Self.badLooks || health.isLasting else { return nil }
            evidence = health.evidence
            return withdraw(health.reason ?? "it is sick")
        case (.well, false):
            streak = 0
            return nil
        case (.withdrawn, false):
            streak += 1
            guard streak >= Self.goodLooks else { return nil }
            standing = .well
            streak = 0
            return .restore
        case (.withdrawn, true):
            streak = 0
            standing = .withdrawn(health.reason ?? "it is sick")
            return nil
        }
    }

    /// Records that the device has disappeared from its host.
    public mutating func vanish() -> Change? {
        if case .withdrawn = standing {
            streak = 0
            return nil
        }
        evidence = ["present": "false"]
        return withdraw("it is gone from its host")
    }

    private mutating func withdraw(_ reason: String) -> Change {
        standing = .withdrawn(reason)
        streak = 0
        return .withdraw(reason)
    }
}
