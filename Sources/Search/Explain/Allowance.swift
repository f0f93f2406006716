/// What a long piece of work may still use: steps, and as long as whoever asked still waits.
public struct Allowance: Sendable {
    /// Steps that are left; below 0 where the work is over.
    public private(set) var steps: Int
    private let isGivenUp: @Sendable () -> Bool
    private var sinceLook = 0

    /// After so many steps it is asked whether the work was given up.
    private static let stepsBetweenLooks = 4096

    /// - Parameter isGivenUp: whether the work need not go on, because its time is over or nobody waits for it any more
    public init(steps: Int, isGivenUp: @escaping @Sendable () -> Bool = { false }) {
        self.steps = steps
        self.isGivenUp = isGivenUp
    }

    public var isOver: Bool { steps < 0 }

    mutating func use(_ count: Int) {
        steps -= count
        sinceLook += count
        guard sinceLook >= Self.stepsBetweenLooks else { return }
        sinceLook = 0
        if isGivenUp() { steps = -1 }
    }
}
