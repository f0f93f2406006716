/// How NVIDIA GPUs are divided, with upstream's names.
public struct GPUSettings: Sendable {
    public let enabledTypes: [String]
    /// `device_addresses` of each section `vgpu_<type>`.
    public let addresses: [String: [String]]

    init(_ reader: inout SettingsReader) {
        enabledTypes = reader.items(
            "gpu_devices.enabled_vgpu_types", "vGPU types to use, such as nvidia-35; each needs a section of its own.")
        addresses = reader.items(
            inEach: "vgpu_", named: "type", key: "device_addresses",
            "The GPUs, or virtual functions of a GPU, that are divided by that type.")
    }
}
