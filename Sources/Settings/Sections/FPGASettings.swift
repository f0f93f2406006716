/// FPGAs.
public struct FPGASettings: Sendable {
    /// By driver, a path on the host.
    public let cleanImages: [String: String]

    init(_ reader: inout SettingsReader) {
        cleanImages = reader.words(
            "fpga.clean_images",
            "For each driver (intel_fpga, xilinx_fpga), the image that is loaded between two tenants.")
    }
}
