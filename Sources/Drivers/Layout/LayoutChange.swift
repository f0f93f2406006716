public import Model

/// What a change of layout does to a host's providers: where each one's use goes. Computed from two reports of the same host,
/// without touching anything; whoever has the allocations moves them by it in one step.
public struct LayoutChange: Sendable, Equatable {
    /// Providers that stay as they are.
    public let kept: [ResourceProviderID]
    /// For each provider that goes, those that take its place, with the units of it that each takes. More than one when a group
    /// is dissolved.
    public let moves: [Move]
    /// Providers that are new.
    public let added: [ResourceProviderID]

    public struct Move: Sendable, Equatable {
        public let from: ResourceProviderID
        public let name: String
        public let to: [Target]
    }

    public struct Target: Sendable, Equatable {
        public let provider: ResourceProviderID
        public let resourceClass: String
        /// Handles that go there, by their info: what is bound moves with its handle.
        public let handles: [[String: String]]
    }

    /// Follows every handle from its provider in `old` to the one in `new`. A handle that is in only one of them is no matter of a
    /// change of layout and is left out.
    public init(from old: [DeviceReport], to new: [DeviceReport]) {
        struct Place {
            let provider: ResourceProviderID
            let resourceClass: String
        }
        var places: [Mark: Place] = [:]
        for device in new {
            for deployable in device.deployables {
                for handle in deployable.handles {
                    places[Mark(device.driver, handle)] = Place(
                        provider: deployable.resourceProvider, resourceClass: deployable.resourceClass)
                }
            }
        }
        var kept: [ResourceProviderID] = []
        var moves: [Move] = []
        let before = old.flatMap { device in device.deployables.map { (device.driver, $0) } }
        for (driver, deployable) in before {
            var targets: [ResourceProviderID: (resourceClass: String, handles: [[String: String]])] = [:]
            var order: [ResourceProviderID] = []
            for handle in deployable.handles {
                guard let place = places[Mark(driver, handle)] else { continue }
                if targets[place.provider] == nil { order.append(place.provider) }
                targets[place.provider, default: (place.resourceClass, [])].handles.append(handle.info)
            }
            if order == [deployable.resourceProvider] {
                kept.append(deployable.resourceProvider)
            } else {
                moves.append(
                    Move(
                        from: deployable.resourceProvider, name: deployable.name,
                        to: order.map { provider in
                            Target(
                                provider: provider, resourceClass: targets[provider]?.resourceClass ?? "",
                                handles: targets[provider]?.handles ?? [])
                        }))
            }
        }
        self.kept = kept
        self.moves = moves
        let known = Set(before.map(\.1.resourceProvider))
        added = new.flatMap(\.deployables).map(\.resourceProvider).filter { !known.contains($0) }
    }

    /// For an operator, before it is done: one line a provider.
    public var preview: String {
        var out = ""
        for move in moves {
            let targets = move.to.map { "\($0.provider) (\($0.handles.count) handles)" }.joined(separator: ", ")
            out += "\(move.name) (\(move.from)) goes to \(targets.isEmpty ? "nothing" : targets)\n"
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
