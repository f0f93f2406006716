import Host
import Model

/// The result of a list of device specs for each function of a host. The pci driver and `host match` use the same code.
struct Offer {
    enum Verdict: Equatable {
        /// Offered by the spec at this index of the list, the first that matches.
        case offered(Int)
        /// A spec matches, but the function is fenced.
        case fenced([FenceReason])
        case unsuitable(String)
        /// The function leads to the same media as others, and is offered with them or not at all.
        case inseparable(String)
        /// No spec matches; for each spec, the first criterion that does not.
        case unmatched([DeviceSpec.Mismatch])
    }

    let verdicts: [(function: PCIFunction, verdict: Verdict)]
    /// The first spec that matches each function, whether it is offered or not.
    let matches: [PCIAddress: Int]

    /// - Parameter only: the functions that the driver handles
    init(_ specs: [DeviceSpec], _ pass: DiscoveryPass, only: (PCIFunction) -> Bool = { _ in true }) {
        var interfaces: [PCIAddress: [String]] = [:]
        for interface in pass.snapshot.interfaces {
            if let address = interface.address { interfaces[address, default: []].append(interface.name) }
        }
        var matches: [PCIAddress: Int] = [:]
        var verdicts: [(function: PCIFunction, verdict: Verdict)] = pass.snapshot.functions.filter(only).map {
            function in
            let identity = PCIFunctionIdentity(
                address: function.address, vendor: function.vendor, product: function.product,
                physicalFunction: function.physicalFunction, interfaces: interfaces[function.address] ?? [],
                parentInterfaces: function.physicalFunction.flatMap { interfaces[$0] } ?? [])
            matches[function.address] = specs.firstIndex { $0.mismatch(identity) == nil }
            return (function, Self.verdict(function, identity, specs, pass.fencing))
        }
        for index in verdicts.indices {
            guard case .offered(let spec) = verdicts[index].verdict else { continue }
            let address = verdicts[index].function.address
            var unit: Set<PCIAddress> = [address]
            if let group = specs[spec].group { unit.formUnion(matches.filter { specs[$1].group == group }.keys) }
            if let reason = pass.snapshot.media.objection(to: address, in: unit) {
                verdicts[index].verdict = .inseparable(reason)
            }
        }
        self.verdicts = verdicts
        self.matches = matches
    }

    private static func verdict(
        _ function: PCIFunction, _ identity: PCIFunctionIdentity, _ specs: [DeviceSpec], _ fencing: Fencing
    ) -> Verdict {
        var mismatches: [DeviceSpec.Mismatch] = []
        for (index, spec) in specs.enumerated() {
            if let mismatch = spec.mismatch(identity) {
                mismatches.append(mismatch)
                continue
            }
            if function.classCode.isBridge {
                return .unsuitable("it is a \(function.classCode.name), part of the machine itself")
            }
            if let reason = HostPassage.domainObjection(to: function.address) { return .fenced([reason]) }
            let reasons = fencing.reasons(for: function.address, isNamed: spec.namesItsDevices)
            if !reasons.isEmpty { return .fenced(reasons) }
            if let sriov = function.sriov, sriov.enabled > 0 {
                return .unsuitable("its \(sriov.enabled) virtual functions are enabled; they can be offered, not it")
            }
            return .offered(index)
        }
        return .unmatched(mismatches)
    }
}

extension Offer {
    /// The specs that have no effect on this host, with their names in the configuration.
    func idle(of specs: [DeviceSpec], _ key: String, _ pass: DiscoveryPass) -> [HostProblem] {
        let used = Set(matches.values)
        return specs.indices.filter { !used.contains($0) }.map { index in
            let isShadowed = verdicts.contains { function, _ in
                specs[index].mismatch(Self.identity(of: function, on: pass.snapshot)) == nil
            }
            return HostProblem(
                path: "\(key) \(index + 1)",
                text: isShadowed
                    ? "matches nothing on this host: earlier entries have all of its functions"
                    : "matches nothing on this host: there is no such function")
        }
    }

    /// The properties of a function that specs compare.
    static func identity(of function: PCIFunction, on host: HostSnapshot) -> PCIFunctionIdentity {
        func interfaces(_ address: PCIAddress?) -> [String] {
            guard let address else { return [] }
            return host.interfaces.filter { $0.address == address }.map(\.name)
        }
        return PCIFunctionIdentity(
            address: function.address, vendor: function.vendor, product: function.product,
            physicalFunction: function.physicalFunction, interfaces: interfaces(function.address),
            parentInterfaces: interfaces(function.physicalFunction))
    }
}
