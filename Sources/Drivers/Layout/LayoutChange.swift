public import Model

/// The effect of a layout change on a host's providers: which provider replaces which. It is computed from two reports
/// of the same host and changes nothing. The caller moves the allocations accordingly, in one step.
public struct LayoutChange: Sendable, Equatable {
    /// Providers that do not change.
    public let kept: [ResourceProviderID]
    /// For each inventory of a provider that disappears, the providers that replace it, with the units that each takes.
    /// There are several when a group is dissolved; the former provider is the first if it keeps some units.
    public let moves: [Move]
    /// New providers.
    public let added: [ResourceProviderID]
    /// Classes that the host no longer offers, each with the classes that replace it.
    public let endedClasses: [String: [String]]

    public struct Move: Sendable, Equatable {
        public let from: ResourceProviderID
        public let resourceClass: String
        public let name: String
        public let to: [Target]
    }

    public struct Target: Sendable, Equatable {
        public let provider: ResourceProviderID
        /// The name that Placement shows.
        public let name: String
        public let resourceClass: String
        /// The handles that move there. Bound instances move with their handles.
        public let handles: [Attachment]
    }

    /// Follows every handle from its provider in `old` to its provider in `new`. A handle that is in only one of them
    /// is left out, because it does not belong to a layout change.
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
            var targets: [ProviderPart: [Attachment]] = [:]
            var order: [ProviderPart] = []
            for handle in deployable.handles {
                guard let place = places[Mark(driver, handle)] else { continue }
                if targets[place] == nil { order.append(place) }
                targets[place, default: []].append(handle.attachment)
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

    /// A description for an operator: one line for each provider, and one for each class that disappears.
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
        /// Without the type: what the control plane says is held has none.
        let info: [String: String]

        init(_ driver: String, _ handle: AttachHandleReport) {
            self.driver = driver
            info = handle.info
        }
    }
}
