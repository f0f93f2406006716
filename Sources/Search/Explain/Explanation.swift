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
    /// What one constraint costs.
    public struct Cost: Sendable, Equatable {
        public let constraint: RequestConstraint
        /// Trees that cannot serve it with the resources it applies to, everything else left out. Nil where the allowance
        /// ended before.
        public let removedAlone: Int?
        /// Trees that only it keeps out: they serve all the rest.
        public let removedLast: Int?
    }

    /// A set of constraints without which the request fits somewhere; no smaller set does.
    public struct Relaxation: Sendable, Equatable {
        public let dropped: [RequestConstraint]
        /// How many trees it fits then.
        public let anchors: Int
        /// Where one amount is all that is dropped: the most of it that fits in one of them. Nil where none does.
        public internal(set) var amount: Int?
    }

    /// A tree that nearly serves.
    public struct NearMiss: Sendable {
        public let root: ProviderReference
        public let dropped: [RequestConstraint]
        /// Of the amounts among them.
        public let shortages: [Shortage]
        /// The sum of the parts' weights.
        public let weight: Double
        /// Providers of other trees that share with it.
        public let shared: [ProviderReference]
    }

    /// How much a tree lacks of one class.
    public struct Shortage: Sendable, Equatable {
        public let resourceClass: ResourceClass
        public let asked: Int
        /// The most that fits.
        public let free: Int
    }

    public let trees: Int
    public let fitting: Int
    public let costs: [Cost]
    /// All of the least size, as far as `mostRelaxations`; empty where the request fits, or nothing up to
    /// `largestRelaxation` helps.
    public let relaxations: [Relaxation]
    /// The nearest first; empty where the request fits somewhere.
    public let nearest: [NearMiss]

    /// False where the allowance ended before everything was looked at, or more relaxations were found than are listed.
    public let isComplete: Bool

    /// More than so many constraints are not dropped together.
    static let largestRelaxation = 3
    static let mostRelaxations = 200

    /// - Parameters:
    ///   - misses: how many trees that nearly serve are wanted
    ///   - allowance: what the work may use
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
