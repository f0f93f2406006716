import Host
import Model

/// One type of one parent, as it is reported.
struct MdevKind {
    let type: MdevType
    let resourceClass: String
    let traits: [String]
    let liveMigratable: Bool?
    /// The number of handles.
    let maximum: Int
    /// The inventory: the part of `maximum` that other types leave.
    let current: Int
}

/// The report of a parent: a device with one deployable for each type. If the parent has one type, the deployable has
/// the parent's name, as in Cyborg; several types are distinguished by the type's name.
struct MdevReport {
    /// More handles than any card has. Higher numbers of a damaged file are reduced to this.
    static let limit = 1024

    let driver: String
    let deviceType: DeviceType
    let options: MdevOptions

    /// The deployables of a parent, by type.
    func names(of kinds: [MdevKind], _ parent: MdevParent, on host: HostName) -> [String: String] {
        let base = parent.address.map { ProviderNames.function($0, on: host) } ?? "\(host)_\(parent.name)"
        return Dictionary(
            kinds.map { ($0.type.name, kinds.count == 1 ? base : "\(base)_\($0.type.name)") },
            uniquingKeysWith: { first, _ in first })
    }

    func device(_ parent: MdevParent, _ function: PCIFunction?, _ kinds: [MdevKind], on host: HostName) -> DeviceReport
    {
        let names = names(of: kinds, parent, on: host)
        let deployables = kinds.compactMap { kind -> DeployableReport? in
            let count = min(kind.maximum, Self.limit)
            guard count > 0, let name = names[kind.type.name] else { return nil }
            var attributes = [AttributeReport(key: "rc", value: kind.resourceClass)]
            for (index, trait) in kind.traits.enumerated() {
                attributes.append(AttributeReport(key: "trait\(index)", value: trait))
            }
            return DeployableReport(
                name: name, resourceProvider: ProviderNames.identifier(ofProvider: name),
                resourceClass: kind.resourceClass, accelerators: min(kind.current, count), traits: kind.traits,
                attributes: attributes, handles: (0..<count).map { handle(parent, kind, $0) })
        }
        var facts = function.map { PCIDriver.facts(of: $0) } ?? [:]
        facts["mdev_types"] = kinds.map { $0.type.title ?? $0.type.name }.joined(separator: ", ")
        facts["cleaning"] = "the mediated device is removed"
        return DeviceReport(
            type: deviceType, vendor: function?.vendorID ?? "none", model: function?.productID ?? parent.name,
            standardBoardInfo: PythonJSON.object([
                ("product_id", function?.productID ?? parent.name),
                ("controller", function?.classCode.name ?? "virtual device"),
            ]), vendorBoardInfo: "miss_vb_info",
            controlPath: parent.address.map(PythonJSON.controlPath) ?? PythonJSON.object([("parent", parent.name)]),
            driver: driver, facts: facts, deployables: deployables)
    }

    private func handle(_ parent: MdevParent, _ kind: MdevKind, _ index: Int) -> AttachHandleReport {
        let device = MdevTarget(
            parent.address.map { .function($0) } ?? .named(parent.name), type: kind.type.name,
            mark: "\(kind.type.name)_\(index)")
        let details = kind.liveMigratable.map { ["live_migratable": $0 ? "true" : "false"] } ?? [:]
        // Whoever makes the device, a spare has to make way for it.
        let isKept = options.partitions.contains { $0.isOf(kind.type.name, on: parent.name) }
        return AttachHandleReport(
            Attachment(.mdev(device), details: details), needsPreparation: options.creator == .agent || isKept,
            needsCleaning: true)
    }
}
