public import Model

extension HostControl {
    /// Gives a virtual function the vGPU type with that number through its vendor's folder; 0 removes the type. The
    /// value is read back.
    public func setVendorType(_ number: Int, of address: PCIAddress) async throws(ControlFault) {
        let (function, _) = try await spared(address)
        guard let partition = function.vendorPartition else {
            throw ControlFault("\(address) offers no vGPU types through its vendor's interface.")
        }
        guard partition.current != number else { return }
        let path = "\(function.path)/nvidia/current_vgpu_type"
        try await write("\(number)", to: path)
        guard await text(path) == "\(number)" else {
            throw ControlFault("\(address) should have the type \(number), but has a different one.")
        }
    }
}
