public import Model

/// What a change of layout does to a host's providers: where each one's use goes. Computed from two reports of the same host,
/// without touching anything; whoever has the allocations moves them by it in one step.
public struct LayoutChange: Sendable, Equatable {
    /// Providers that stay as they are.
    public let kept: [ResourceProviderID]
    /// For each inventory of a provider that goes, those that take its place, with the units of it that each takes. More than one
    /// when a group is dissolved; the former one first where it keeps some.
    public let moves: [Move]
    /// Providers that are new.
    public let added: [ResourceProviderID]
    /// Classes that the host offers no longer, each with those that what it was becomes.
    public let endedClasses: [String: [String]]

    public struct Move: Sendable, Equatable {
        public let from: ResourceProviderID
        public let resourceClass: String
        public let name: String
        public let to: [Target]
    }

    public struct Target: Sendable, Equatable {
        public let provider: ResourceProviderID
        /// As Placement shows it.
        public let name: String
        public let resourceClass: String
        /// Handles that go there, by their info: what is bound moves with its handle.
        public let handles: [[String: String]]
    }

    /// Follows every handle from its provider in `old` to the one in `new`. A handle that is in only one of them is no matter of a
    /// change of layout and is left out.
    public init(from old: [DeviceReport], to new: [DeviceReport]) {
        var places: [Mark: ProviderPart] = [:]
        for device in new {
            for deployable in device.deployables {
                for handle in deployable.handles {
                    places[Mark(device.driver, handle)] = ProviderPart(
                        deployable.resourceProvider, deployable.resourceClass)
                }
            }
        }
        let names = Dictionary(
            new.flatMap(\.deployables).map { ($0.resourceProvider, $0.providerName ?? $0.name) },
            uniquingKeysWith: { first, _ in first })
        var kept: [ResourceProviderID] = []
        var moves: [Move] = []
        let before = old.flatMap { device in device.deployables.map { (device.driver, $0) } }
        for (driver, deployable) in before {
            let here = ProviderPart(deployable.resourceProvider, deployable.resourceClass)
            var targets: [ProviderPart: [[String: String]]] = [:]
            var order: [ProviderPart] = []
            for handle in deployable.handles {
                guard let place = places[Mark(driver, handle)] else { continue }
                if targets[place] == nil { order.append(place) }
                targets[place, default: []].append(handle.info)
            }
            if order == [here] {
                kept.append(deployable.resourceProvider)
                continue
            }
            if let index = order.firstIndex(of: here) { order.insert(order.remove(at: index), at: 0) }
            moves.append(
                Move(
                    from: deployable.resourceProvider, resourceClass: deployable.resourceClass, name: deployable.name,
                    to: order.map { place in
                        Target(
                            provider: place.provider, name: names[place.provider] ?? "\(place.provider)",
                            resourceClass: place.resourceClass ?? "", handles: targets[place] ?? [])
                    }))
        }
        let classes = Set(new.flatMap(\.deployables).map(\.resourceClass))
        var ended: [String: Set<String>] = [:]
        for move in moves where !classes.contains(move.resourceClass) {
            ended[move.resourceClass, default: []].formUnion(move.to.map(\.resourceClass))
        }
        endedClasses = ended.mapValues { $0.sorted() }
        self.kept = Self.unique(kept)
        self.moves = moves
        let known = Set(before.map(\.1.resourceProvider))
        added = Self.unique(new.flatMap(\.deployables).map(\.resourceProvider).filter { !known.contains($0) })
    }

    /// A provider of several classes counts once.
    private static func unique(_ providers: [ResourceProviderID]) -> [ResourceProviderID] {
        var seen: Set<ResourceProviderID> = []
        return providers.filter { seen.insert($0).inserted }
    }

    /// For an operator, before it is done: one line a provider, and one for each class that goes.
    public var preview: String {
        var out = ""
        for move in moves {
            let targets = move.to.map { target in
                let count = target.handles.count
                let other = target.resourceClass == move.resourceClass ? "" : " as \(target.resourceClass)"
                return "\(target.name)\(other) (\(count) \(count == 1 ? "handle" : "handles"))"
            }.joined(separator: ", ")
            out += "\(move.name) goes to \(targets.isEmpty ? "nothing" : targets)\n"
        }
        for (name, others) in endedClasses.sorted(by: { $0.key < $1.key }) {
            out += "! \(name) is offered no longer"
            out += others.isEmpty ? "\n" : "; what it was becomes \(others.joined(separator: ", "))\n"
        }
        return out + "\(kept.count) providers stay, \(added.count) are new\n"
    }

    private struct Mark: Hashable {
        let driver: String
        let info: [String: String]

        init(_ driver: String, _ handle: AttachHandleReport) {
            self.driver = driver
            info = handle.info
        }
    }
}
