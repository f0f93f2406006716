import Model

extension HandleOrder {
    /// The PCI function of the handle: `domain`, `bus`, `device` and `function` of its info.
    var address: PCIAddress? {
        guard let domain = info["domain"].flatMap({ UInt32($0, radix: 16) }),
            let bus = info["bus"].flatMap({ UInt8($0, radix: 16) }),
            let device = info["device"].flatMap({ UInt8($0, radix: 16) }),
            let function = info["function"].flatMap({ UInt8($0, radix: 16) })
        else { return nil }
        return PCIAddress(domain: domain, bus: bus, device: device, function: function)
    }

    func requireAddress() throws(DriverFault) -> PCIAddress {
        guard let address else { throw DriverFault("The handle \(handle) names no PCI function.") }
        return address
    }

    /// All functions of the handle: the members of its group, or its only function.
    func requireUnit() throws(DriverFault) -> [PCIAddress] {
        guard let members = info["members"] else { return [try requireAddress()] }
        var unit: [PCIAddress] = []
        for member in members.split(separator: ",") {
            guard let address = PCIAddress(String(member)) else {
                throw DriverFault("'\(member)', a member of the group, is not a PCI address.")
            }
            unit.append(address)
        }
        guard !unit.isEmpty else { throw DriverFault("The group names no members.") }
        return unit
    }
}
