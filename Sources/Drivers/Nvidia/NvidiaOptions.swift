public import Model

/// The configuration of NVIDIA GPUs: sections `gpu_devices` and `vgpu_<type>`.
public struct NvidiaOptions: Sendable, Equatable {
    /// The types by which a GPU, or a virtual function of one, is divided, in order: `enabled_vgpu_types` with their
    /// `device_addresses`.
    public var types: [PCIAddress: [String]]

    public init(types: [PCIAddress: [String]] = [:]) {
        self.types = types
    }

    /// Reads the enabled types and the addresses of each. Throws for a type without addresses, and for addresses of a
    /// type that is not enabled.
    public init(
        enabledTypes: [String], addresses: [String: [String]]
    ) throws(DeviceSpecFault) {
        var types: [PCIAddress: [String]] = [:]
        for type in addresses.keys.sorted() where !enabledTypes.contains(type) {
            throw DeviceSpecFault("vgpu_\(type)", "is a section for a type that enabled_vgpu_types does not name")
        }
        for type in enabledTypes {
            guard let list = addresses[type], !list.isEmpty else {
                throw DeviceSpecFault("vgpu_\(type)", "needs 'device_addresses', the GPUs that are divided by \(type)")
            }
            for text in list {
                guard let address = MdevParentName.address(text) else {
                    throw DeviceSpecFault("vgpu_\(type)", "'\(text)' is not a PCI address such as 0000:84:00.0")
                }
                if types[address]?.contains(type) != true { types[address, default: []].append(type) }
            }
        }
        self.types = types
    }
}
