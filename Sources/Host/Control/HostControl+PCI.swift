public import Model

extension HostControl {
    /// Has `driver` drive the function and no other; nil gives it back to the kernel's own choice.
    public func bind(_ address: PCIAddress, to driver: String?) async throws(ControlFault) {
        let (function, _) = try await spared(address)
        if let driver, function.driver == driver { return }
        if let driver, !root.exists("/sys/bus/pci/drivers/\(driver)") {
            throw ControlFault("The kernel has no driver '\(driver)'; load its module.")
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

    /// Resets the function by the best way that the kernel has, which is one of its `resetMethods`, and returns it. A
    /// function without any is not reset, and that is an error: what a tenant left in it stays.
    @discardableResult
    public func reset(_ address: PCIAddress) async throws(ControlFault) -> PCIFunction {
        let (function, _) = try await spared(address)
        guard root.exists("\(function.path)/reset") else {
            throw ControlFault("The kernel knows no way to reset \(address).")
        }
        try await write("1", to: "\(function.path)/reset")
        return function
    }

    /// Has a physical function show `count` virtual ones. What is in use is not touched: another number than zero is changed
    /// only when none of the virtual functions is bound to a driver that a guest may hold, and the host needs none.
    public func setVirtualFunctions(_ count: Int, of address: PCIAddress) async throws(ControlFault) {
        let (function, host) = try await spared(address)
        guard let sriov = function.sriov else { throw ControlFault("\(address) can have no virtual functions.") }
        guard count <= sriov.total, count >= 0 else {
            throw ControlFault("\(address) can have at most \(sriov.total) virtual functions; \(count) are asked for.")
        }
        guard count != sriov.enabled else { return }
        if sriov.enabled > 0 {
            let held = sriov.functions.first { host.function(at: $0)?.driver?.hasPrefix("vfio") == true }
            if let held {
                throw ControlFault(
                    "\(address) keeps its \(sriov.enabled) virtual functions, for \(held) may be in a guest's hands.",
                    isTransient: true)
            }
            // The kernel goes from one number to another only by way of none.
            try await write("0", to: "\(function.path)/sriov_numvfs")
        }
        if count > 0 { try await write("\(count)", to: "\(function.path)/sriov_numvfs") }
        guard let now = await text("\(function.path)/sriov_numvfs"), now == "\(count)" else {
            throw ControlFault("\(address) was to have \(count) virtual functions and has another number.")
        }
    }
}
