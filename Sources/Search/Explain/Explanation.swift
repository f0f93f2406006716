public import Model

/// Why a request fits where it does, and what would make it fit.
///
/// *Giving up* a part of the request is leaving it out: `CandidateRequest.without`. How far a tree is from serving is told
/// by the fewest parts that must be given up, and among those by what they weigh together:
///
/// | Part | Weight |
/// |---|---|
/// | an amount, of which the tree could grant `best` | (asked − best) / asked |
/// | an amount of a class that no provider in reach of the tree has | 2 |
/// | anything else | 1 |
///
/// `best` is the largest amount below what is asked that fits, the other parts given up.
public struct Explanation: Sendable {
    /// The effect of one constraint.
    public struct Cost: Sendable, Equatable {
        public let constraint: RequestConstraint
        /// Number of trees that cannot serve the constraint together with the resources to which it applies, without
        /// the rest of the request. Nil if the allowance ended before.
        public let removedAlone: Int?
        /// Number of trees that only this constraint excludes: they serve everything else.
        public let removedLast: Int?
    }

    /// A set of constraints without which the request fits somewhere; no smaller set has that effect.
    public struct Relaxation: Sendable, Equatable {
        public let dropped: [RequestConstraint]
        /// Number of trees in which the request then fits.
        public let anchors: Int
        /// If the set is one amount: the largest amount that fits in one of these trees. Nil if none does.
        public internal(set) var amount: Int?
    }

    /// A tree that can serve all but a few parts.
    public struct NearMiss: Sendable {
        public let root: ProviderReference
        public let dropped: [RequestConstraint]
        /// The shortages of the amounts among these parts.
        public let shortages: [Shortage]
        /// The sum of the parts' weights.
        public let weight: Double
        /// Providers of other trees that share resources with it.
        public let shared: [ProviderReference]
    }

    /// How much of one class a tree lacks.
    public struct Shortage: Sendable, Equatable {
        public let resourceClass: ResourceClass
        public let asked: Int
        /// The largest amount that fits.
        public let free: Int
    }

    public let trees: Int
    public let fitting: Int
    public let costs: [Cost]
    /// All relaxations of the smallest size, up to `mostRelaxations`; empty if the request fits, or if no set of up to
    /// `largestRelaxation` constraints helps.
    public let relaxations: [Relaxation]
    /// The nearest first; empty if the request fits somewhere.
    public let nearest: [NearMiss]

    /// False if the allowance ended before the computation was complete, or if more relaxations were found than are
    /// listed.
    public let isComplete: Bool

    /// The largest number of constraints that are dropped together.
    static let largestRelaxation = 3
    static let mostRelaxations = 200

    /// - Parameters:
    ///   - misses: maximum number of near misses
    ///   - allowance: the budget of the computation
    public init(
        of request: CandidateRequest, in index: PlacementIndex, misses: Int = 5,
        allowance: Allowance = Allowance(steps: .max / 2)
    ) {
        var work = ExplanationWork(request, index, misses, allowance)
        trees = index.treeCount
        let fitting = work.anchors(without: [])
        self.fitting = fitting.count
        costs = work.costs(fitting: fitting.count)
        if fitting.isEmpty { work.relax() }
        nearest = work.nearest()
        relaxations = work.relaxations(listing: Self.mostRelaxations)
        isComplete = work.isComplete
    }
}
