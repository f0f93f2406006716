public import Model

/// Why a request fits where it does, and what would make it fit.
public struct Explanation: Sendable {
    /// What one constraint costs.
    public struct Cost: Sendable, Equatable {
        public let constraint: RequestConstraint
        /// Trees that cannot serve it with the resources it applies to, everything else left out.
        public let removedAlone: Int
        /// Trees that only it keeps out: they serve all the rest.
        public let removedLast: Int
    }

    /// A set of constraints without which the request fits somewhere; no smaller set does.
    public struct Relaxation: Sendable, Equatable {
        public let dropped: [RequestConstraint]
        /// How many trees it fits then.
        public let anchors: Int
        /// Where one amount is all that is dropped: the most of it that fits. Nil where none does.
        public let amount: Int?
    }

    /// A tree that nearly serves.
    public struct NearMiss: Sendable {
        public let root: ProviderReference
        public let dropped: [RequestConstraint]
        public let shortages: [Shortage]
    }

    /// How much a tree lacks of one class on one provider.
    public struct Shortage: Sendable, Equatable {
        public let resourceClass: ResourceClass
        public let asked: Int
        /// The most that is free on one provider of the tree.
        public let free: Int
    }

    public let trees: Int
    public let fitting: Int
    public let costs: [Cost]
    /// All of the least size; empty where the request fits, or nothing up to `largestRelaxation` helps.
    public let relaxations: [Relaxation]
    public let nearest: [NearMiss]

    /// False where looking for relaxations ended early, because there are too many sets and trees to look at.
    public let isComplete: Bool

    /// More than so many constraints are not dropped together.
    public static let largestRelaxation = 3
    /// So many trees are looked at for relaxations, sets of constraints times trees.
    static let mostLooks = 5_000_000

    /// - Parameter misses: how many trees that nearly serve are wanted
    public init(of request: CandidateRequest, in index: PlacementIndex, misses: Int = 5) {
        let constraints = request.constraints
        trees = index.treeCount
        let found = CandidateSearch(request).anchors(in: index)
        fitting = found.count
        let total = trees
        costs = constraints.map { constraint in
            let alone = CandidateSearch(request.only(constraint)).anchors(in: index).count
            let rest = CandidateSearch(request.without([constraint])).anchors(in: index).count
            return Cost(constraint: constraint, removedAlone: total - alone, removedLast: rest - found.count)
        }
        let smallest = found.isEmpty ? Self.smallest(request, constraints, index) : []
        isComplete = smallest != nil
        let sets = smallest ?? []
        relaxations = sets.map { set in
            let dropped = constraints.filter(set.contains)
            return Relaxation(
                dropped: dropped, anchors: CandidateSearch(request.without(set)).anchors(in: index).count,
                amount: Self.mostFitting(request, dropped, index))
        }
        nearest = Self.nearest(request, sets.map { set in constraints.filter(set.contains) }, index, misses)
    }

    /// Every set of the least size that lets the request fit somewhere; nil where that takes too long to say.
    private static func smallest(
        _ request: CandidateRequest, _ constraints: [RequestConstraint], _ index: PlacementIndex
    ) -> [Set<RequestConstraint>]? {
        var sets: [[Int]] = [[]]
        var looks = 0
        for _ in 0..<largestRelaxation {
            sets = sets.flatMap { set in
                ((set.last ?? -1) + 1..<max((set.last ?? -1) + 1, constraints.count)).map { set + [$0] }
            }
            looks += sets.count * index.treeCount
            guard looks <= mostLooks else { return nil }
            let helping = sets.map { set in Set(set.map { constraints[$0] }) }.filter { set in
                !CandidateSearch(request.without(set)).anchors(in: index, most: 1).isEmpty
            }
            if !helping.isEmpty { return helping }
        }
        return []
    }

    private static func mostFitting(
        _ request: CandidateRequest, _ dropped: [RequestConstraint], _ index: PlacementIndex
    ) -> Int? {
        guard dropped.count == 1, case .resource(let suffix, let name) = dropped[0],
            let group = request.groups.firstIndex(where: { $0.suffix == suffix }),
            let asked = request.groups[group].resources[name]
        else { return nil }
        func fits(_ amount: Int) -> Bool {
            var less = request
            less.groups[group].resources[name] = amount
            return !CandidateSearch(less).anchors(in: index, most: 1).isEmpty
        }
        // What is asked does not fit; less and less is tried until something does, then the gap is halved.
        var fitting = asked / 2
        var failing = asked
        while fitting > 0, !fits(fitting) {
            failing = fitting
            fitting /= 2
        }
        guard fitting > 0 else { return nil }
        while failing - fitting > 1 {
            let middle = fitting + (failing - fitting) / 2
            if fits(middle) { fitting = middle } else { failing = middle }
        }
        return fitting
    }

    private static func nearest(
        _ request: CandidateRequest, _ relaxations: [[RequestConstraint]], _ index: PlacementIndex, _ most: Int
    ) -> [NearMiss] {
        var seen: Set<ProviderReference> = []
        var misses: [NearMiss] = []
        for dropped in relaxations {
            for root in CandidateSearch(request.without(Set(dropped))).anchors(in: index, most: most)
            where misses.count < most && seen.insert(root).inserted {
                misses.append(
                    NearMiss(
                        root: root, dropped: dropped,
                        shortages: dropped.compactMap { shortage($0, request, root, index) }))
            }
        }
        return misses
    }

    private static func shortage(
        _ constraint: RequestConstraint, _ request: CandidateRequest, _ root: ProviderReference,
        _ index: PlacementIndex
    ) -> Shortage? {
        guard case .resource(let suffix, let name) = constraint,
            let asked = request.groups.first(where: { $0.suffix == suffix })?.resources[name]
        else { return nil }
        var free = 0
        for provider in index.tree(of: root) {
            index.forEachStock(provider) { resourceClass, capacity, used in
                if resourceClass == name { free = max(free, capacity - used) }
            }
        }
        return Shortage(resourceClass: name, asked: asked, free: free)
    }
}
