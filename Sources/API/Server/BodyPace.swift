import NIOCore

/// How fast a body comes while its reader waits for it. What the reader does not ask for cannot come, so that time does not
/// count.
struct BodyPace {
    /// Since `begin`.
    var arrived = 0
    private var begun = NIODeadline.now()
    /// Since when nothing is asked for; nil while something is.
    private var paused: NIODeadline?
    private var held = TimeAmount.zero

    mutating func begin(at now: NIODeadline) {
        arrived = 0
        begun = now
        held = .zero
        if paused != nil { paused = now }
    }

    /// Whether nothing is asked for.
    var isPaused: Bool { paused != nil }

    /// What was asked for has come.
    mutating func rest(at now: NIODeadline) { paused = paused ?? now }

    /// More is asked for.
    mutating func goOn(at now: NIODeadline) {
        if let paused { held = held + (now - max(paused, begun)) }
        paused = nil
    }

    /// - Parameter least: bytes a second
    func isTooSlow(at now: NIODeadline, least: Int) -> Bool {
        var open = (now - begun) - held
        if let paused { open = open - (now - max(paused, begun)) }
        return Double(arrived) < Double(open.nanoseconds) / 1e9 * Double(least)
    }
}
