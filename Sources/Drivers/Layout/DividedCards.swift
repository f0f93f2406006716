import Model

/// Which cards of a host are divided into units of different resource classes: virtual functions of one physical function, or
/// types of one parent.
///
/// Placement's traits are a provider's, not a class's. So units of one class that differ in traits cannot share a card's provider;
/// they are grouped as those of a card that is not divided.
struct DividedCards {
    /// One card as one driver offers it.
    struct Card: Hashable {
        let driver: String
        let type: DeviceType
        let vendor: String
        let model: String
        let node: String?
        /// Its address, or the name of what is no function of a bus.
        let card: String

        init?(_ device: DeviceReport) {
            // A group of functions is a device of its own, whatever its members are parts of.
            guard device.facts["group"] == nil,
                let card = device.facts["physical_function"] ?? device.facts["address"]
                    ?? (device.deployables.count > 1 ? Self.name(of: device) : nil)
            else { return nil }
            self.card = card
            driver = device.driver
            type = device.type
            vendor = device.vendor
            model = device.model
            node = device.facts["numa_node"]
        }

        /// Of what has several parts and is no function of a bus.
        private static func name(of device: DeviceReport) -> String {
            device.deployables.first?.handles.first?.info["parent"] ?? ProviderNames.plain(device.controlPath)
        }

        func name(after prefix: String) -> String { "\(prefix)_\(type.rawValue)_\(vendor)_\(model)_\(card)" }
    }

    /// The classes that share each card's provider, two at least.
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

    /// The card whose provider has this part; nil for one that is grouped with what is like it.
    func card(of device: DeviceReport, _ deployable: DeployableReport) -> Card? {
        guard !classes.isEmpty, let card = Card(device),
            classes[card]?.contains(Self.resourceClass(of: deployable, device)) == true
        else { return nil }
        return card
    }

    /// The class that stands for everything on a bus says nothing in a group, which has its own; any other is somebody's
    /// choice and stays.
    static func resourceClass(of deployable: DeployableReport, _ device: DeviceReport) -> String {
        guard ["CUSTOM_PCI", "CUSTOM_NVME"].contains(deployable.resourceClass) else { return deployable.resourceClass }
        return deployable.resourceClass + "_" + ProviderNames.symbol(device.vendor) + "_"
            + ProviderNames.symbol(device.model)
    }
}
