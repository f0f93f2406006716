/// What `/readyz` reports: 503 where there are obstacles, 200 otherwise.
public struct ReadinessReport: Sendable {
    /// Why the process cannot serve, a line each; empty if it can.
    public var obstacles: [String]
    /// What operators want to know of it besides, a line each.
    public var notes: [String]

    public init(obstacles: [String] = [], notes: [String] = []) {
        self.obstacles = obstacles
        self.notes = notes
    }

    var text: String { ((obstacles.isEmpty ? ["ok"] : obstacles) + notes).map { "\($0)\n" }.joined() }
}
