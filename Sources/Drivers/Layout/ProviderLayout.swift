public import Model

/// How the devices of a host become resource providers.
public enum ProviderLayout: String, Sendable, CaseIterable {
    /// The reference's: a provider for each function or parent.
    case legacy
    /// One provider for all interchangeable units on a NUMA node.
    case grouped

    /// The drivers' reports in this layout. Units are interchangeable when driver, type, resource class, vendor, product, traits
    /// and NUMA node are the same; what no other is like keeps its own provider.
    ///
    /// A group is a device whose deployable holds the handles of all; handles stay what they are, so that what is bound stays bound.
    public func arranged(_ devices: [DeviceReport], on host: HostName) -> [DeviceReport] {
        var names = GroupNames()
        return arranged(devices, on: host, names: &names)
    }

    /// The same, with groups named as they were before.
    public func arranged(_ devices: [DeviceReport], on host: HostName, names: inout GroupNames) -> [DeviceReport] {
        guard self == .grouped else { return devices }
        var groups: [Key: [Member]] = [:]
        for (position, device) in devices.enumerated() {
            for deployable in device.deployables {
                groups[Key(device, deployable), default: []].append(
                    Member(position: position, device: device, deployable: deployable))
            }
        }
        // In the order of their first members, so that the same host gives the same report.
        let ordered = groups.sorted { $0.value[0].order < $1.value[0].order }
        var traits: [String: [String]] = [:]
        for (key, _) in ordered { traits[key.name(on: host), default: []].append(key.traits.joined(separator: " ")) }
        var given: [String: [String: String]] = [:]
        for (base, words) in traits { given[base] = names.names(base, words) }
        return ordered.map { key, members in
            let base = key.name(on: host)
            return Self.group(key, members, given[base]?[key.traits.joined(separator: " ")] ?? base)
        }
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
        let node: String?

        init(_ device: DeviceReport, _ deployable: DeployableReport) {
            driver = device.driver
            type = device.type
            vendor = device.vendor
            model = device.model
            given = deployable.resourceClass
            resourceClass = Self.own(deployable.resourceClass, of: device)
            traits = deployable.traits
            node = device.facts["numa_node"]
        }

        /// The class that stands for everything on a bus says nothing in a group, which has its own; any other is somebody's
        /// choice and stays.
        private static func own(_ resourceClass: String, of device: DeviceReport) -> String {
            guard ["CUSTOM_PCI", "CUSTOM_NVME"].contains(resourceClass) else { return resourceClass }
            return resourceClass + "_" + ProviderNames.symbol(device.vendor) + "_" + ProviderNames.symbol(device.model)
        }

        func name(on host: HostName) -> String {
            "\(host)_\(type.rawValue)_\(vendor)_\(model)_\(given)_numa\(node ?? "none")"
        }
    }

    private static func group(_ key: Key, _ members: [Member], _ name: String) -> DeviceReport {
        var traits = key.traits
        if let node = key.node { traits.append("CUSTOM_NUMA_NODE_\(node)") }
        let units = members.map(\.deployable)
        var attributes = [AttributeReport(key: "rc", value: key.resourceClass)]
        for (index, trait) in traits.enumerated() {
            attributes.append(AttributeReport(key: "trait\(index)", value: trait))
        }
        if let node = key.node { attributes.append(AttributeReport(key: "numa_node", value: node)) }
        var facts = ["members": units.map(\.name).joined(separator: " ")]
        facts["numa_node"] = key.node
        facts["cleaning"] = members[0].device.facts["cleaning"]
        let first = members[0].device
        return DeviceReport(
            type: key.type, vendor: key.vendor, model: key.model, standardBoardInfo: first.standardBoardInfo,
            vendorBoardInfo: first.vendorBoardInfo, controlPath: PythonJSON.object([("group", name)]),
            driver: key.driver,
            facts: facts,
            deployables: [
                DeployableReport(
                    name: name, resourceProvider: ProviderNames.identifier(ofProvider: name),
                    resourceClass: key.resourceClass, accelerators: units.reduce(0) { $0 + $1.accelerators },
                    traits: traits, attributes: attributes, handles: units.flatMap(\.handles))
            ])
    }
}
