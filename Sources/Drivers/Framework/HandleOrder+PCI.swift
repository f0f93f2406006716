import Model

extension HandleOrder {
    /// The PCI function of the handle: itself, or the parent of its mediated device.
    var address: PCIAddress? { attachment.address }

    func requireAddress() throws(DriverFault) -> PCIAddress {
        guard let address else { throw DriverFault("The handle \(handle) names no PCI function.") }
        return address
    }

    /// All functions of the handle: the members of its group, or its only function.
    func requireUnit() throws(DriverFault) -> [PCIAddress] {
        if let members = try groupMembers() { return members }
        return [try requireAddress()]
    }

    /// The members of the handle's group; nil if it is none.
    func groupMembers() throws(DriverFault) -> [PCIAddress]? {
        if let members = attachment.members { return members }
        guard let text = attachment.unreadMembers else { return nil }
        throw DriverFault("'\(text)', the members of the group, must be PCI addresses with commas between them.")
    }
}
