public import Model

/// How the devices of a host become resource providers.
public enum ProviderLayout: String, Sendable, CaseIterable {
    /// Cyborg's layout: a provider for each function or parent.
    case legacy
    /// One provider for all interchangeable units of a NUMA node.
    case grouped
    /// As `grouped`, with a provider for each NUMA node between the host's provider and those of its units.
    case numa

    /// Whether interchangeable units share one provider.
    public var isGrouped: Bool { self != .legacy }

    /// The name of a NUMA node's provider. It has no inventory, only the trait with which a request can ask for it.
    private static func node(_ node: Int, of host: HostName) -> String { nodePrefix(of: host) + "\(node)" }
    /// What the names of all such providers of a host begin with; a number follows.
    public static func nodePrefix(of host: HostName) -> String { "\(host)_numa" }
    public static let nodeTrait = "HW_NUMA_ROOT"

    /// The prefix of a provider's name. It differs between layouts, so that no provider changes its place in the tree.
    private func prefix(_ node: Int?, on host: HostName) -> String {
        self == .numa ? node.map { Self.node($0, of: host) } ?? "\(host)" : "\(host)"
    }

    /// Arranges the drivers' reports in this layout. Units are interchangeable if driver, type, resource class, vendor,
    /// product, traits and NUMA node are the same. A unit without an equal keeps its own provider. A card that is
    /// divided into units of several classes is one provider, with an inventory for each class.
    ///
    /// A group is a device whose deployables hold the handles of all members. The handles do not change, so that what
    /// is bound stays bound.
    public func arranged(_ devices: [DeviceReport], on host: HostName) -> [DeviceReport] {
        var names = GroupNames()
        return arranged(devices, on: host, names: &names)
    }

    /// As `arranged(_:on:)`, and groups keep their former names.
    ///
    /// - Parameter isOut: whether a device is in no group at the moment; how a card is divided does not depend on it
    public func arranged(
        _ devices: [DeviceReport], on host: HostName, names: inout GroupNames,
        leavingOut isOut: (DeviceReport) -> Bool = { _ in false }
    ) -> [DeviceReport] {
        guard isGrouped else { return devices }
        let cards = DividedCards(devices)
        var groups: [Key: [Member]] = [:]
        var divided: [DividedCards.Card: [Member]] = [:]
        for (position, device) in devices.enumerated() where !isOut(device) {
            for deployable in device.deployables {
                let member = Member(position: position, device: device, deployable: deployable)
                if let card = cards.card(of: device, deployable) {
                    divided[card, default: []].append(member)
                } else {
                    groups[Key(device, deployable), default: []].append(member)
                }
            }
        }
        // In the order of their first members, so that the same host gives the same report.
        let ordered = groups.sorted { $0.value[0].order < $1.value[0].order }
        var traits: [String: [String]] = [:]
        for (key, _) in ordered {
            traits[name(of: key, on: host), default: []].append(key.traits.joined(separator: " "))
        }
        var given: [String: [String: String]] = [:]
        for (base, words) in traits { given[base] = names.names(base, words) }
        var arranged = ordered.map { key, members -> (order: (Int, String), device: DeviceReport) in
            let base = name(of: key, on: host)
            return (
                members[0].order,
                group(key, members, given[base]?[key.traits.joined(separator: " ")] ?? base, on: host)
            )
        }
        arranged += divided.map { card, members in (members[0].order, self.divided(card, members, on: host)) }
        return arranged.sorted { $0.order < $1.order }.map(\.device)
    }

    private struct Member {
        let position: Int
        let device: DeviceReport
        let deployable: DeployableReport
        var order: (Int, String) { (position, deployable.name) }
    }

    private struct Key: Hashable {
        let driver: String
        let type: DeviceType
        let vendor: String
        let model: String
        let resourceClass: String
        /// The driver's own class, which the name has.
        let given: String
        let traits: [String]
        let node: Int?

        init(_ device: DeviceReport, _ deployable: DeployableReport) {
            driver = device.driver
            type = device.type
            vendor = device.vendor
            model = device.model
            given = deployable.resourceClass
            resourceClass = DividedCards.resourceClass(of: deployable, device)
            traits = deployable.traits
            node = device.numaNode
        }
    }

    private func name(of key: Key, on host: HostName) -> String {
        let node = key.node.map { "\($0)" } ?? "none"
        return "\(prefix(key.node, on: host))_\(key.type.rawValue)_\(key.vendor)_\(key.model)_\(key.given)_numa\(node)"
    }

    private func group(_ key: Key, _ members: [Member], _ name: String, on host: HostName) -> DeviceReport {
        device(
            members, name, key.node,
            [deployable(members.map(\.deployable), name, in: name, key.resourceClass, key.traits, key.node, on: host)])
    }

    /// The provider of several classes: one deployable for each class, in the order of the classes' first units.
    private func divided(_ card: DividedCards.Card, _ members: [Member], on host: HostName) -> DeviceReport {
        let name = card.name(after: prefix(card.node, on: host))
        var classes: [String] = []
        var units: [String: [DeployableReport]] = [:]
        for member in members {
            let resourceClass = DividedCards.resourceClass(of: member.deployable, member.device)
            if units[resourceClass] == nil { classes.append(resourceClass) }
            units[resourceClass, default: []].append(member.deployable)
        }
        var device = device(
            members, name, card.node,
            classes.map { resourceClass in
                let some = units[resourceClass] ?? []
                return deployable(
                    some, "\(name)_\(resourceClass)", in: name, resourceClass, some[0].traits, card.node, on: host)
            })
        device.facts["card"] = card.card
        return device
    }

    private func device(
        _ members: [Member], _ name: String, _ node: Int?, _ deployables: [DeployableReport]
    ) -> DeviceReport {
        let first = members[0].device
        var facts = ["members": members.map(\.deployable.name).joined(separator: " ")]
        facts["numa_node"] = node.map(String.init)
        facts["cleaning"] = first.facts["cleaning"]
        return DeviceReport(
            type: first.type, vendor: first.vendor, model: first.model, standardBoardInfo: first.standardBoardInfo,
            vendorBoardInfo: first.vendorBoardInfo, controlPath: PythonJSON.object([("group", name)]),
            driver: first.driver, facts: facts, deployables: deployables)
    }

    private func deployable(
        _ units: [DeployableReport], _ name: String, in provider: String, _ resourceClass: String, _ own: [String],
        _ node: Int?, on host: HostName
    ) -> DeployableReport {
        var traits = own
        if let node { traits.append("CUSTOM_NUMA_NODE_\(node)") }
        var attributes = [AttributeReport(key: "rc", value: resourceClass)]
        for (index, trait) in traits.enumerated() {
            attributes.append(AttributeReport(key: "trait\(index)", value: trait))
        }
        if let node { attributes.append(AttributeReport(key: "numa_node", value: "\(node)")) }
        return DeployableReport(
            name: name, resourceProvider: ProviderNames.identifier(ofProvider: provider),
            resourceClass: resourceClass, accelerators: units.reduce(0) { $0 + $1.accelerators },
            traits: traits, attributes: attributes, handles: units.flatMap(\.handles),
            providerName: name == provider ? nil : provider,
            parentName: self == .numa ? node.map { Self.node($0, of: host) } : nil)
    }
}
