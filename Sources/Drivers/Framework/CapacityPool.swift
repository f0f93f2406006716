import Model

/// Capacity that several units of a host share: types of one parent, functions of one card.
///
/// Each unit reports by itself whether one more of a type can be made. Adding these reports counts the shared capacity
/// once for each unit; a pool counts it once.
public struct CapacityPool: Sendable, Equatable {
    /// How different kinds share the capacity while some units are claimed but not made yet. For units that exist, the
    /// host's own numbers already account.
    public enum Sharing: Sendable, Equatable {
        /// Each unit takes its share of the whole: if n units of a kind fit alone, one takes an n-th part.
        case proportional
        /// A card may be limited to one kind at a time. Whether it accepts others is known only when it has one.
        case exclusive
    }

    /// One type.
    public struct Kind: Sendable, Equatable {
        public let name: String
        /// The maximum number of units if there is no other kind; nil if unknown.
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

    /// The units of a kind that one deployable has.
    public struct Part: Sendable, Equatable {
        /// How a unit that exists and is not a spare is related to a tenant's handle.
        public enum Finding: Sendable, Equatable {
            /// Devices that this agent makes have the names of their handles. Other devices are ignored.
            case own
            /// Another program makes them, for the same handles.
            case made
            /// The unit can be used for any handle, such as a function that already has the type.
            case reusable
        }

        /// The deployable in the layout `legacy`; nil for units that are not offered but use capacity.
        public let deployable: String?
        /// Names of the units that exist, without spares: mediated devices, or the function that has the type.
        public let made: [String]
        /// Number of spares, which are removed for a handle's device.
        public let spares: Int
        /// How many more units could be made of it now, if nothing else were made.
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

    /// How many more units of each kind fit now.
    ///
    /// - Parameter pending: units that are claimed and not made yet, by kind
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

    /// The capacity in the host's present state. A parent counts by itself. Functions each report whether one more
    /// fits; together they hold what the card holds. If that maximum is unknown, or other kinds use part of it, only
    /// one more is certain.
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

    /// Distributes the units that fit among the deployables: in the order of the parts, each as many as it can take.
    ///
    /// - Parameter limit: the maximum for a part; 0 for a part that gets none
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
    /// Stores the pools, and sets each deployable's number of accelerators to what exists plus what still fits beside
    /// everything else.
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
