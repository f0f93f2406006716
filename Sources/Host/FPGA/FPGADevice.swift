public import Model

/// What an Intel FPGA card shows about its logic: below `/sys/class/fpga` with the vendor's older driver, below
/// `/sys/class/fpga_region` with the kernel's own driver (DFL).
public struct FPGADevice: Sendable, Equatable {
    /// Such as `intel-fpga-dev.0`, `region0`.
    public let name: String
    public var address: PCIAddress?
    /// The id of the loaded logic: 32 hexadecimal digits.
    public var function: String?
    /// The id of the region that logic must be made for: 32 hexadecimal digits.
    public var interface: String?
}

/// Reads both folders. Which attribute holds what:
///
///     fpga/intel-fpga-dev.0/intel-fpga-fme.0/pr/interface_id     the region
///     fpga/intel-fpga-dev.0/intel-fpga-port.0/afu_id             the logic
///     fpga_region/region0/dfl-fme.0/.../compat_id, dfl-port.0/afu_id
struct FPGAEnumeration {
    private(set) var devices: [FPGADevice] = []

    init(_ root: SysfsRoot) {
        for folder in ["/sys/class/fpga", "/sys/class/fpga_region"] {
            for name in (try? root.names(in: folder)) ?? [] {
                guard let path = try? root.destination(of: "\(folder)/\(name)") else { continue }
                var device = FPGADevice(name: name, address: DevicePath.function(of: path))
                Self.search(root, path, depth: 0, &device)
                devices.append(device)
            }
        }
    }

    private static func search(_ root: SysfsRoot, _ path: String, depth: Int, _ device: inout FPGADevice) {
        guard let names = try? root.names(in: path) else { return }
        for name in names {
            switch name {
            case "afu_id": device.function = device.function ?? identifier(root, "\(path)/\(name)")
            case "interface_id", "compat_id": device.interface = device.interface ?? identifier(root, "\(path)/\(name)")
            default:
                let leads =
                    name.hasPrefix("intel-fpga-") || name.hasPrefix("dfl-") || name == "pr" || name.hasPrefix("region")
                if leads, depth < 4, root.kind(of: "\(path)/\(name)") == .folder {
                    search(root, "\(path)/\(name)", depth: depth + 1, &device)
                }
            }
        }
    }

    private static func identifier(_ root: SysfsRoot, _ path: String) -> String? {
        guard let text = try? root.text(path) else { return nil }
        let digits = text.lowercased().filter { $0 != "-" }
        return digits.utf8.count == 32 && digits.allSatisfy(\.isHexDigit) ? digits : nil
    }
}
