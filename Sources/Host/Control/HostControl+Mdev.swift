extension HostControl {
    /// Makes a mediated device of `type` on the parent called `parent` (its `MdevParent.name`). If a device with that
    /// UUID and type exists, whoever made it, it is left as it is.
    public func createMdev(_ name: String, type: String, on parent: String) async throws(ControlFault) {
        let host = await snapshot()
        if let mdev = host.mdevs.first(where: { $0.name == name }) {
            guard mdev.type == type, mdev.parent == parent else {
                throw ControlFault("The mediated device \(name) is there, as \(mdev.type ?? "?") on \(mdev.parent).")
            }
            return
        }
        guard let home = host.mdevParents.first(where: { $0.name == parent }) else {
            throw ControlFault("\(parent) offers no mediated devices.")
        }
        if let address = home.address, let reason = Fencing(host).reasons(for: address).first {
            throw ControlFault("\(address) is left alone: \(reason).")
        }
        guard let kind = home.types.first(where: { $0.name == type }) else {
            throw ControlFault(
                "\(parent) offers no type \(type); it has \(home.types.map(\.name).joined(separator: ", ")).")
        }
        guard kind.available > 0 else {
            throw ControlFault("\(parent) has room for no further \(type).", isTransient: true)
        }
        try await write(name, to: "\(home.path)/mdev_supported_types/\(type)/create")
        guard await snapshot().mdevs.contains(where: { $0.name == name && $0.type == type }) else {
            throw ControlFault("The kernel accepted the mediated device \(name) for \(parent), but it does not exist.")
        }
    }

    /// Removes a mediated device. A device that does not exist is no error.
    public func removeMdev(_ name: String) async throws(ControlFault) {
        guard await snapshot().mdevs.contains(where: { $0.name == name }) else { return }
        try await write("1", to: "/sys/bus/mdev/devices/\(name)/remove")
        guard await !snapshot().mdevs.contains(where: { $0.name == name }) else {
            throw ControlFault("The mediated device \(name) is still there.", isTransient: true)
        }
    }
}
