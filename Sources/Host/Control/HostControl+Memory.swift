public import Model

extension HostControl {
    /// Unbinds the function from its driver and switches its memory on, so that only the caller uses it. Returns
    /// whether there was a driver, for `returnMemory`.
    public func takeMemory(of address: PCIAddress) async throws(ControlFault) -> Bool {
        let (function, _) = try await spared(address)
        if function.driver != nil { try await write("\(address)", to: "\(function.path)/driver/unbind") }
        try await write("1", to: "\(function.path)/enable")
        return function.driver != nil
    }

    /// Undoes `takeMemory`: the kernel chooses the driver again.
    public func returnMemory(of address: PCIAddress, wasDriven: Bool) async throws(ControlFault) {
        let (function, _) = try await spared(address)
        try await write("0", to: "\(function.path)/enable")
        if wasDriven { try await write("\(address)", to: "/sys/bus/pci/drivers_probe") }
    }
}
