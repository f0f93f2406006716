/// The remaining budget of a long computation: steps, and time as long as the caller still waits.
public struct Allowance: Sendable {
    /// Steps that are left; negative if the computation must end.
    public private(set) var steps: Int
    private let isGivenUp: @Sendable () -> Bool
    private var sinceLook = 0

    /// After this number of steps, the computation checks whether it was cancelled.
    private static let stepsBetweenLooks = 4096

    /// - Parameter isGivenUp: whether the computation should end, because its time is over or nobody waits for it any
    ///   more
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
