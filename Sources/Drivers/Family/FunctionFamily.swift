import Host
import Model

/// What most vendors' drivers share: devices that are PCI functions of known ids. A card is offered as a whole or, if
/// it has virtual functions, by these.
///
/// A device is one physical function. Each of its virtual functions, or the physical function alone, is a deployable
/// with one handle.
struct FunctionFamily {
    var driver: String
    var type: DeviceType
    var resourceClass: String
    /// Whether this physical function belongs to the family.
    var isMember: (PCIFunction) -> Bool
    /// The traits of a unit of a physical function.
    var traits: (_ physical: PCIFunction, _ unit: PCIFunction) -> [String]
    /// The content of a handle beyond the address.
    var details: (_ physical: PCIFunction, _ unit: PCIFunction) -> [String: String] = { _, _ in [:] }
    /// Nil if a unit may be offered, otherwise the reason.
    var objection: (_ physical: PCIFunction, _ unit: PCIFunction) -> String? = { _, _ in nil }
    /// What the record of a cleaning will say, for the operator.
    var cleaning = "reset"
    var model: (PCIFunction) -> String = { $0.productID }

    func discover(_ pass: DiscoveryPass) -> Discovery {
        var discovery = Discovery()
        var drives: [PCIAddress: [String: String]] = [:]
        for drive in pass.snapshot.nvme { if let address = drive.address { drives[address] = drive.facts } }
        for physical in pass.snapshot.functions where !physical.isVirtualFunction && isMember(physical) {
            let virtual = physical.sriov?.functions.compactMap { pass.snapshot.function(at: $0) } ?? []
            var deployables: [DeployableReport] = []
            for unit in virtual.isEmpty ? [physical] : virtual {
                let reason =
                    pass.fencing.reasons(for: unit.address).first?.description
                    ?? pass.snapshot.media.objection(to: unit.address, in: [unit.address]) ?? objection(physical, unit)
                if let reason {
                    discovery.notes.append(HostProblem(path: unit.path, text: "is not offered: \(reason)"))
                } else {
                    deployables.append(deployable(physical, unit, pass.host))
                }
            }
            guard !deployables.isEmpty else { continue }
            var facts = PCIDriver.facts(of: physical)
            facts["cleaning"] = cleaning
            facts.merge(drives[physical.address] ?? [:]) { _, own in own }
            discovery.devices.append(
                DeviceReport(
                    type: type, vendor: physical.vendorID, model: model(physical),
                    standardBoardInfo: PythonJSON.object([
                        ("product_id", physical.productID), ("controller", physical.classCode.name),
                    ]), vendorBoardInfo: "miss_vb_info", controlPath: PythonJSON.controlPath(physical.address),
                    driver: driver, facts: facts, deployables: deployables))
        }
        return discovery
    }

    private func deployable(_ physical: PCIFunction, _ unit: PCIFunction, _ host: HostName) -> DeployableReport {
        let name = ProviderNames.function(unit.address, on: host)
        let traits = traits(physical, unit)
        var attributes = [AttributeReport(key: "rc", value: resourceClass)]
        for (index, trait) in traits.enumerated() {
            attributes.append(AttributeReport(key: "trait\(index)", value: trait))
        }
        let handle = Attachment(.pci(unit.address), details: details(physical, unit))
        return DeployableReport(
            name: name, resourceProvider: ProviderNames.identifier(ofProvider: name), resourceClass: resourceClass,
            accelerators: 1, traits: traits, attributes: attributes,
            handles: [AttachHandleReport(handle, needsCleaning: true)])
    }
}
