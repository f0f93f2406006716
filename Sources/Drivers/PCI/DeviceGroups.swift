import Host
import Model

/// Functions that `group` combines: they are offered, claimed and cleaned as one unit, or not at all.
struct DeviceGroups {
    private struct Group {
        var members: [(function: PCIFunction, spec: DeviceSpec)] = []
        /// Why one of its members cannot be offered; nil if all can.
        var objection: String?
        let type: String?
        var specs: [DeviceSpec]
    }

    private var groups: [String: Group] = [:]

    init(_ specs: [DeviceSpec]) {
        for spec in specs {
            guard let name = spec.group else { continue }
            groups[name, default: Group(type: spec.groupType, specs: [])].specs.append(spec)
        }
    }

    /// Takes a function that a group's spec matches. Returns false for a function that does not belong to the group: a
    /// bridge, or a physical function whose virtual functions are used instead.
    mutating func take(_ function: PCIFunction, _ spec: DeviceSpec, _ verdict: Offer.Verdict) -> Bool {
        guard let name = spec.group else { return false }
        switch verdict {
        case .offered: groups[name]?.members.append((function, spec))
        case .fenced(let reasons):
            groups[name]?.objection = "\(function.address): " + reasons.map(\.description).joined(separator: "; ")
        case .inseparable(let reason): groups[name]?.objection = "\(function.address): \(reason)"
        case .unsuitable, .unmatched: return false
        }
        return true
    }

    /// Reports the groups that are complete, and a note for each that is not.
    func report(into discovery: inout Discovery, on host: HostName) {
        for (name, group) in groups.sorted(by: { $0.key < $1.key }) {
            let objection: String? =
                if let said = group.objection {
                    said
                } else if group.members.count < 2 {
                    "a group has at least two members, and \(group.members.count) of this host can be"
                } else {
                    nil
                }
            if let objection {
                discovery.notes.append(HostProblem(path: Self.path(name), text: "is not offered: \(objection)"))
                for member in group.members {
                    discovery.refusals[member.function.address] =
                        "it is a member of the group '\(name)', which is not offered: \(objection)"
                }
            } else {
                discovery.devices.append(Self.device(name, group, host))
            }
        }
    }

    /// The subject of a note about a group.
    static func path(_ name: String) -> String { "/group/\(name)" }

    private static func device(_ name: String, _ group: Group, _ host: HostName) -> DeviceReport {
        let functions = group.members.map(\.function)
        let first = functions[0]
        var traits: [String] = []
        for (function, spec) in group.members {
            for trait in PCIDriver.traits(of: function, spec) where !traits.contains(trait) { traits.append(trait) }
        }
        let kind = group.type.map { "CUSTOM_PCI_GROUP_\(ProviderNames.symbol($0))" } ?? "CUSTOM_PCI_GROUP"
        if !traits.contains(kind) { traits.append(kind) }
        let own = group.specs.compactMap(\.resourceClass).first?.name
        let resourceClass = own ?? kind
        let spec = MD5.digest(Array(group.specs.map(\.reach).joined(separator: "\n\n").utf8))
            .map { String($0, radix: 16) }.joined()
        var facts = [
            "cleaning": functions.allSatisfy(\.canReset)
                ? "reset of each member" : "not possible: a member has no way to reset it"
        ]
        facts["group_type"] = group.type
        let nodes = Set(functions.map(\.numaNode))
        if nodes.count == 1 { facts["numa_node"] = first.numaNode.map(String.init) }
        var details = PCIDriver.details(group.members[0].spec)
        if group.members.contains(where: { $0.spec.oneTimeUse }) { details["one_time_use"] = "true" }
        let unit = GroupTarget(name, members: functions.map(\.address))
        let isAlike = functions.allSatisfy { $0.vendor == first.vendor && $0.product == first.product }
        var device = PCIReport(
            type: .pci, driver: PCIDriver.name, resourceClass: resourceClass, traits: traits, facts: facts,
            handle: Attachment(.group(unit, of: .pci(first.address)), details: details), needsCleaning: true,
            model: isAlike ? nil : "group",
            name: "\(host)_PCI_GROUP_\(ProviderNames.plain(name))"
        ).device(first, on: host)
        device.group = ReportedGroup(name, spec: spec, members: functions.map(\.address.description))
        device.controlPath = PythonJSON.object([("group", name)])
        return device
    }
}
