import Model

/// An FPGA card as its driver reports it.
enum FPGAReports {
    static let before = "D8424DC4A4A3C413F89E433683F9040B"
    static let region = "9926AB6D6C925A68AABCA7D84C545738"
    static let after = "F7DF405CBD7ACF7222F144B0B93ACD18"

    /// - Parameters:
    ///   - function: the logic that the card says it has; nil for a card that does not say
    ///   - programs: what the agent says of its driver
    static func host(
        _ generation: Int64 = 1, function: String? = before, units: Int = 1, needsCleaning: Bool = true,
        programs: Bool? = true
    ) -> HostReport {
        var device = Reports.device(units: units, driver: "intel_fpga", needsCleaning: needsCleaning)
        device.vendor = "8086"
        device.model = "09c4"
        device.deployables[0].traits = ["CUSTOM_FPGA_INTEL", "CUSTOM_FPGA_REGION_INTEL_\(region)"]
        if let function { device.deployables[0].traits.append("CUSTOM_FPGA_FUNCTION_ID_INTEL_\(function)") }
        return HostReport(
            generation: generation, devices: [device],
            drivers: [DriverReport(name: "intel_fpga", supportLevel: "experimental", programs: programs)])
    }
}
