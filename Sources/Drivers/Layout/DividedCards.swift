import Model

/// The cards of a host that are divided into units of different resource classes: virtual functions of one physical
/// function, or types of one parent.
///
/// In Placement, traits belong to a provider, not to a class. So units of one class that differ in traits cannot share
/// a card's provider. They are grouped like units of a card that is not divided.
struct DividedCards {
    /// One card as one driver offers it.
    struct Card: Hashable {
        let driver: String
        let type: DeviceType
        let vendor: String
        let model: String
        let node: Int?
        /// The card's address, or the name of a device that is not a PCI function.
        let card: String

        init?(_ device: DeviceReport) {
            // A group of functions is a device of its own, whatever its members are parts of.
            guard device.group == nil,
                let card = (device.physicalFunction ?? device.address)?.description
                    ?? (device.deployables.count > 1 ? Self.name(of: device) : nil)
            else { return nil }
            self.card = card
            driver = device.driver
            type = device.type
            vendor = device.vendor
            model = device.model
            node = device.numaNode
        }

        /// The name of a device that has several parts and is not a PCI function.
        private static func name(of device: DeviceReport) -> String {
            if case .mdev(let made)? = device.deployables.first?.handles.first?.attachment.target,
                case .named(let name) = made.parent
            {
                return name
            }
            return ProviderNames.plain(device.controlPath)
        }

        func name(after prefix: String) -> String { "\(prefix)_\(type.rawValue)_\(vendor)_\(model)_\(card)" }
    }

    /// The classes that share a card's provider, at least two.
    private let classes: [Card: Set<String>]

    init(_ devices: [DeviceReport]) {
        var traits: [Card: [String: Set<[String]>]] = [:]
        for device in devices {
            guard let card = Card(device) else { continue }
            for deployable in device.deployables {
                traits[card, default: [:]][Self.resourceClass(of: deployable, device), default: []]
                    .insert(deployable.traits)
            }
        }
        classes = traits.compactMapValues { classes in
            let alike = classes.filter { $0.value.count == 1 }
            return alike.count > 1 ? Set(alike.keys) : nil
        }
    }

    /// The card whose provider has this part; nil for a part that is grouped with equal ones.
    func card(of device: DeviceReport, _ deployable: DeployableReport) -> Card? {
        guard !classes.isEmpty, let card = Card(device),
            classes[card]?.contains(Self.resourceClass(of: deployable, device)) == true
        else { return nil }
        return card
    }

    /// The class of a deployable within a group. The default class of functions is dropped, because the group has its
    /// own; a class that somebody configured stays.
    static func resourceClass(of deployable: DeployableReport, _ device: DeviceReport) -> String {
        guard ["CUSTOM_PCI", "CUSTOM_NVME"].contains(deployable.resourceClass) else { return deployable.resourceClass }
        return deployable.resourceClass + "_" + ProviderNames.symbol(device.vendor) + "_"
            + ProviderNames.symbol(device.model)
    }
}
