extension AttachTarget {
    /// Takes the pairs that name a target of the type. Nil if they are not all there, or not in exactly the form that
    /// `pairs` gives them; what is left of the pairs is then of no use.
    init?(_ type: AttachHandleType, taking pairs: inout [String: String]) {
        guard pairs[GroupTarget.membersKey] != nil else {
            guard let unit = Self.unit(type, taking: &pairs) else { return nil }
            self = unit
            return
        }
        guard let group = GroupTarget(taking: &pairs), let unit = Self.unit(type, taking: &pairs) else { return nil }
        self = .group(group, of: unit)
    }

    private static func unit(_ type: AttachHandleType, taking pairs: inout [String: String]) -> AttachTarget? {
        switch type {
        case .pci: PCIAddress(taking: &pairs).map { .pci($0) }
        case .mdev: MdevTarget(taking: &pairs).map { .mdev($0) }
        case .nvme: NamespaceTarget(taking: &pairs).map { .nvme($0) }
        case .block: BlockTarget(taking: &pairs).map { .block($0) }
        case .usb: USBTarget(taking: &pairs).map { .usb($0) }
        case .cxl: pairs.removeValue(forKey: "region").map { .cxl(region: $0) }
        case .testPCI, .other: nil
        }
    }

    /// The pairs that name it.
    var pairs: [String: String] {
        switch self {
        case .pci(let address): address.attachInfo
        case .mdev(let device): device.pairs
        case .nvme(let namespace): namespace.pairs
        case .block(let device): device.pairs
        case .usb(let device): device.pairs
        case .cxl(let region): ["region": region]
        case .group(let group, let unit): group.pairs.merging(unit.pairs) { own, _ in own }
        case .other(_, let pairs): pairs
        }
    }
}
