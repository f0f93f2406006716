/// How NVIDIA GPUs are divided, with upstream's names.
public struct GPUSettings: Sendable {
    public let enabledTypes: [String]
    /// `device_addresses` of each section `vgpu_<type>`.
    public let addresses: [String: [String]]

    init(_ reader: inout SettingsReader) {
        enabledTypes = reader.items(
            "gpu_devices.enabled_vgpu_types", "vGPU types that are used, such as nvidia-35; each needs its section.")
        addresses = reader.items(
            inEach: "vgpu_", named: "type", key: "device_addresses",
            "The GPUs, or virtual functions of one, that are divided by that type.")
    }
}
