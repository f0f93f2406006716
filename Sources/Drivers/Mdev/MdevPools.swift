import Host
import Model

/// The capacity that the parents of a host share among their types, and with one another if they are functions of one
/// card.
struct MdevPools {
    /// What is offered of one parent.
    struct Offer {
        let parent: MdevParent
        /// Its function, if the parent is a PCI function.
        let function: PCIFunction?
        /// Deployables by type.
        let deployables: [String: String]
    }

    let options: MdevOptions
    let snapshot: HostSnapshot

    func pools(of offers: [Offer]) -> [CapacityPool] {
        var pools: [CapacityPool] = []
        var cards: [PCIAddress: [Offer]] = [:]
        for offer in offers {
            if let card = offer.function?.physicalFunction {
                cards[card, default: []].append(offer)
            } else {
                pools.append(pool(offer))
            }
        }
        for (card, offers) in cards.sorted(by: { $0.key < $1.key }) { pools.append(pool(card, offers)) }
        return pools
    }

    /// The types of one parent.
    private func pool(_ offer: Offer) -> CapacityPool {
        let capacity = MdevCapacity(offer.parent.types)
        return CapacityPool(
            name: offer.parent.name, sharing: Self.sharing(offer.function),
            kinds: offer.parent.types.map { type in
                CapacityPool.Kind(
                    name: type.name, maximum: capacity.maximum[type.name],
                    parts: [part(type, of: offer.parent, offer.deployables[type.name])])
            })
    }

    /// The functions of one card, including those that are not offered, because their devices reduce the others'
    /// capacity.
    private func pool(_ card: PCIAddress, _ offers: [Offer]) -> CapacityPool {
        let known = Dictionary(offers.map { ($0.parent.name, $0.deployables) }) { first, _ in first }
        let parents = snapshot.mdevParents.filter { parent in
            parent.address.flatMap { snapshot.function(at: $0) }?.physicalFunction == card
        }.sorted { ($0.address?.description ?? $0.name) < ($1.address?.description ?? $1.name) }
        var names: [String] = []
        var types: [String: [(parent: MdevParent, type: MdevType)]] = [:]
        for parent in parents {
            for type in parent.types {
                if types[type.name] == nil { names.append(type.name) }
                types[type.name, default: []].append((parent, type))
            }
        }
        let titles = types.values.compactMap { $0.first?.type.title }.compactMap { VGPUTypeName($0) }
        return CapacityPool(
            name: card.description, sharing: Self.sharing(offers.first?.function),
            kinds: names.map { name in
                let all = types[name] ?? []
                let stated = all.lazy.compactMap { MdevCapacity.stated($0.type.text) }.first
                let derived = all.first?.type.title.flatMap { VGPUTypeName($0) }?.maximum(among: titles)
                return CapacityPool.Kind(
                    name: name, maximum: stated ?? derived,
                    parts: all.map { parent, type in part(type, of: parent, known[parent.name]?[name]) })
            })
    }

    private func part(_ type: MdevType, of parent: MdevParent, _ deployable: String?) -> CapacityPool.Part {
        let share = options.partitions.first { $0.isOf(type.name, on: parent.name) }
        let names = share.map { Set($0.spares) } ?? []
        let made = type.devices.filter { !MdevPartition.mayBeSpare($0) || !names.contains($0) }
        return CapacityPool.Part(
            deployable: deployable, made: made, spares: type.devices.count - made.count, available: type.available,
            finding: options.creator == .agent ? .own : .made)
    }

    /// Only the vendor's driver knows whether a GPU takes types of different sizes at a time, until one is made.
    private static func sharing(_ function: PCIFunction?) -> CapacityPool.Sharing {
        function?.vendor == NvidiaDriver.vendor ? .exclusive : .proportional
    }
}
