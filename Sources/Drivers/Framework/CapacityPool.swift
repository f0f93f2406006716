import Model

/// Capacity that several units of a host share: types of one parent, functions of one card.
///
/// Each unit says by itself whether one more of a type can be made. That counts what they share as often as there are units; here it
/// counts once.
public struct CapacityPool: Sendable, Equatable {
    /// How the kinds get along while some of them are claimed and not made yet. What is made the host itself takes into account.
    public enum Sharing: Sendable, Equatable {
        /// Each takes its share of the whole: a kind of which n fit alone takes an n-th part.
        case proportional
        /// A card may hold one kind at a time; whether it takes others beside it shows when it has one.
        case exclusive
    }

    /// One type.
    public struct Kind: Sendable, Equatable {
        public let name: String
        /// How many there can be while there is no other kind; nil where nobody says.
        public let maximum: Int?
        public var parts: [Part]

        public init(name: String, maximum: Int?, parts: [Part]) {
            self.name = name
            self.maximum = maximum
            self.parts = parts
        }

        var made: Int { parts.reduce(0) { $0 + $1.made.count } }
        var available: Int { parts.reduce(0) { $0 + $1.available } }
    }

    /// What one deployable has of a kind.
    public struct Part: Sendable, Equatable {
        /// What exists and is no spare, and whether a tenant may find it there.
        public enum Finding: Sendable, Equatable {
            /// Devices that this agent makes have the names of their handles; others are nobody's business here.
            case own
            /// Another program makes them, for the same handles.
            case made
            /// It is as good as one that is made for the handle: a function's type.
            case reusable
        }

        /// In the layout `legacy`; nil for what is not offered and takes room nevertheless.
        public let deployable: String?
        /// Names of those that exist: mediated devices, or the function that has the type. Spares are not among them.
        public let made: [String]
        /// Those that make way for a handle's.
        public let spares: Int
        /// How many more could be made of it just now, as if it were alone.
        public let available: Int
        public let finding: Finding

        public init(deployable: String?, made: [String], spares: Int = 0, available: Int, finding: Finding) {
            self.deployable = deployable
            self.made = made
            self.spares = spares
            self.available = available
            self.finding = finding
        }
    }

    /// The card's address, or the parent's name.
    public let name: String
    public let sharing: Sharing
    public var kinds: [Kind]

    public init(name: String, sharing: Sharing, kinds: [Kind]) {
        self.name = name
        self.sharing = sharing
        self.kinds = kinds
    }

    /// How many more of each kind fit now.
    ///
    /// - Parameter pending: by kind, what is claimed and not made yet
    public func room(pending: [String: Int] = [:]) -> [String: Int] {
        let waiting = pending.filter { $0.value > 0 }
        var room: [String: Int] = [:]
        for kind in kinds {
            let others = waiting.filter { $0.key != kind.name }
            var fits = fits(kind)
            if !others.isEmpty { fits = min(fits, left(for: kind, beside: others)) }
            room[kind.name] = max(0, fits - (waiting[kind.name] ?? 0))
        }
        return room
    }

    /// As the host stands. A parent counts by itself. Functions each say yes or no; together they hold what the card holds, and where
    /// nobody says how many that is, or other kinds have a part of it, one more is all that is certain.
    private func fits(_ kind: Kind) -> Int {
        guard kind.parts.count > 1 else { return kind.available }
        guard kind.available > 0 else { return 0 }
        let isAlone = kinds.allSatisfy { $0.name == kind.name || $0.made + $0.spares == 0 }
        guard isAlone, let maximum = kind.maximum else { return 1 }
        return min(kind.available, max(1, maximum - kind.made - kind.spares))
    }

    private func left(for kind: Kind, beside others: [String: Int]) -> Int {
        guard sharing == .proportional, let maximum = kind.maximum else { return 0 }
        // At least this much of the whole is free.
        let free = kinds.reduce(0.0) { max($0, Double($1.available) / Double(max(1, $1.maximum ?? .max))) }
        let load = others.reduce(0.0) { sum, other in
            let whole = kinds.first { $0.name == other.key }?.maximum ?? 1
            return sum + Double(other.value) / Double(max(1, whole))
        }
        return max(0, Int(((free - load) * Double(maximum) + 1e-9).rounded(.down)))
    }

    /// Shares of what fits, by deployable: in the order of the parts, each as many as it could take.
    ///
    /// - Parameter limit: how many a part can take; 0 for one that is not to get any
    public func shares(_ room: [String: Int], limit: (Part) -> Int = \.available) -> [String: Int] {
        var shares: [String: Int] = [:]
        for kind in kinds {
            var left = room[kind.name] ?? 0
            for part in kind.parts {
                guard let deployable = part.deployable else { continue }
                let share = min(left, max(0, limit(part)))
                shares[deployable, default: 0] += share
                left -= share
            }
        }
        return shares
    }
}

extension CapacityPool.Kind {
    var spares: Int { parts.reduce(0) { $0 + $1.spares } }
}

extension Discovery {
    /// Takes pools over, and has the deployables count what fits now: what is there of each, and what more fits beside what else is
    /// there.
    mutating func settle(_ pools: [CapacityPool]) {
        var counts: [String: Int] = [:]
        for pool in pools {
            for (deployable, share) in pool.shares(pool.room()) { counts[deployable, default: 0] += share }
            for part in pool.kinds.flatMap(\.parts) {
                if let deployable = part.deployable { counts[deployable, default: 0] += part.made.count + part.spares }
            }
        }
        for device in devices.indices {
            for index in devices[device].deployables.indices {
                let deployable = devices[device].deployables[index]
                guard let count = counts[deployable.name] else { continue }
                devices[device].deployables[index].accelerators = min(count, deployable.handles.count)
            }
        }
        self.pools += pools
    }
}
