public import Model

extension HostControl {
    /// Binds the function to `driver` only; nil lets the kernel choose again.
    public func bind(_ address: PCIAddress, to driver: String?) async throws(ControlFault) {
        let (function, _) = try await spared(address)
        if let driver, function.driver == driver { return }
        if let driver, !root.exists("/sys/bus/pci/drivers/\(driver)") {
            throw ControlFault("The kernel has no driver '\(driver)'; load its module.")
        }
        // Taken from a guest's driver, a device is taken from the guest: the kernel asks for it, and waits.
        if let holder = await holder(of: function) {
            throw ControlFault("\(address) is in somebody's hands: \(holder).", isTransient: true)
        }
        // The kernel takes a lone line end for "none".
        try await write(driver ?? "\n", to: "\(function.path)/driver_override")
        if function.driver != nil { try await write("\(address)", to: "\(function.path)/driver/unbind") }
        try await write("\(address)", to: "/sys/bus/pci/drivers_probe")
        guard let driver else { return }
        let root = root
        let now = await Blocking.run { () throws(Never) in
            try? root.target(of: "\(function.path)/driver").split(separator: "/").last.map(String.init)
        }
        guard now == driver else {
            throw ControlFault(
                "\(address) was offered to '\(driver)', and \(now.map { "'\($0)'" } ?? "nothing") took it.")
        }
    }

    /// The process that has a function open through a driver for guests; nil if there is none, or none is visible.
    public func holder(of function: PCIFunction) async -> OpenFiles.Holder? {
        guard function.driver?.contains("vfio") == true || root.exists("\(function.path)/vfio-dev") else { return nil }
        let root = root
        return await Blocking.run { () throws(Never) in
            let devices = ((try? root.names(in: "\(function.path)/vfio-dev")) ?? []).map { "/dev/vfio/devices/\($0)" }
            let groups = function.iommuGroup.map { ["/dev/vfio/\($0)", "/dev/vfio/noiommu-\($0)"] } ?? []
            return OpenFiles.holders(of: Set(devices + groups), on: root).first
        }
    }

    /// Resets the function by the first of its `resetMethods` that works, and returns that method. Each method is set
    /// alone before it is tried; afterwards the function has all of them again. A function without a method is an
    /// error, because it keeps what a tenant left in it.
    @discardableResult
    public func reset(_ address: PCIAddress) async throws(ControlFault) -> FunctionReset {
        let (function, _) = try await spared(address)
        let (file, choice) = ("\(function.path)/reset", "\(function.path)/reset_method")
        guard function.canReset, root.exists(file) else {
            throw ControlFault("The kernel knows no way to reset \(address).")
        }
        let methods = function.resetMethods
        guard methods.count > 1 else {
            try await write("1", to: file)
            return FunctionReset(function: function, method: methods.first)
        }
        var failure: ControlFault?
        for method in methods {
            guard (try? await write(method, to: choice)) != nil, await text(choice) == method else {
                // Nobody may choose; the kernel takes what it likes.
                try? await write(methods.joined(separator: " "), to: choice)
                try await write("1", to: file)
                return FunctionReset(function: function, method: nil)
            }
            do throws(ControlFault) {
                try await write("1", to: file)
                try? await write(methods.joined(separator: " "), to: choice)
                return FunctionReset(function: function, method: method)
            } catch {
                failure = error
                // What waits for a holder is under way by this method.
                if error.isTransient { break }
            }
        }
        try? await write(methods.joined(separator: " "), to: choice)
        throw failure ?? ControlFault("The kernel knows no way to reset \(address).")
    }

    /// Sets the number of virtual functions of a physical function. Nothing changes while the function or one of its
    /// virtual functions is held, or needed by the host.
    ///
    /// - Parameter held: functions that the control plane reports as held
    public func setVirtualFunctions(
        _ count: Int, of address: PCIAddress, held: Set<PCIAddress> = []
    ) async throws(ControlFault) {
        let (function, host) = try await spared(address)
        guard let sriov = function.sriov else { throw ControlFault("\(address) can have no virtual functions.") }
        guard count <= sriov.total, count >= 0 else {
            throw ControlFault("\(address) can have at most \(sriov.total) virtual functions; \(count) are configured.")
        }
        guard count != sriov.enabled else { return }
        if let objection = HeldFunctions(host, told: held).objection(toDividing: address) {
            throw ControlFault("\(address) \(objection).", isTransient: true)
        }
        if sriov.enabled > 0 {
            // The kernel goes from one number to another only by way of none.
            try await write("0", to: "\(function.path)/sriov_numvfs")
        }
        if count > 0 { try await write("\(count)", to: "\(function.path)/sriov_numvfs") }
        // Counted, for a read of the number may wait as long as a guest holds one.
        guard await snapshot().function(at: address)?.sriov?.enabled == count else {
            throw ControlFault("\(address) should have \(count) virtual functions, but has a different number.")
        }
    }
}
