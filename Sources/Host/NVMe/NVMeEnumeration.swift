import Model

/// Reads the controllers below `/sys/class/nvme` and their namespaces.
///
/// With native multipath, the data are in `nvme1n1` below the subsystem, and the controller's folder contains the path
/// `nvme1c1n1`. Both are read as `nvme1n1`.
struct NVMeEnumeration {
    private(set) var controllers: [NVMeController] = []
    private(set) var problems: [HostProblem] = []

    init(_ root: SysfsRoot) {
        let subsystems = Self.subsystems(root)
        for name in (try? root.names(in: "/sys/class/nvme")) ?? [] {
            do {
                let path = (try? root.destination(of: "/sys/class/nvme/\(name)")) ?? "/sys/class/nvme/\(name)"
                var folder = try DeviceFolder(root, path)
                var namespaces: [NVMeNamespace] = []
                for entry in folder.names {
                    guard var namespace = Self.namespace(entry) else { continue }
                    // The number in the name is the kernel's own count; the drive's may be another.
                    if let text = try? root.text("\(path)/\(entry)/nsid"), let number = Int(text) {
                        namespace.identifier = number
                    }
                    namespaces.append(namespace)
                }
                namespaces.sort { ($0.identifier, $0.name) < ($1.identifier, $1.name) }
                controllers.append(
                    NVMeController(
                        name: name, address: DevicePath.function(of: path), model: folder.text("model"),
                        serial: folder.text("serial"), firmware: folder.text("firmware_rev"),
                        transport: folder.text("transport"), state: folder.text("state"),
                        controllerID: folder.number("cntlid"), subsystem: folder.text("subsysnqn"),
                        subsystemFolder: subsystems[name], namespaces: namespaces))
                problems += folder.problems
            } catch {
                problems.append(HostProblem(path: "/sys/class/nvme/\(name)", text: error.description))
            }
        }
    }

    /// Sets the namespaces' sizes from the block devices with their names.
    mutating func measure(by blocks: [BlockDevice]) {
        let sizes = Dictionary(blocks.map { ($0.name, $0.size) }, uniquingKeysWith: { first, _ in first })
        for index in controllers.indices {
            for place in controllers[index].namespaces.indices {
                controllers[index].namespaces[place].size = sizes[controllers[index].namespaces[place].name] ?? nil
            }
        }
    }

    /// The folder of each controller's subsystem, such as `nvme-subsys0`.
    private static func subsystems(_ root: SysfsRoot) -> [String: String] {
        var found: [String: String] = [:]
        let folder = "/sys/class/nvme-subsystem"
        for name in (try? root.names(in: folder)) ?? [] {
            let path = (try? root.destination(of: "\(folder)/\(name)")) ?? "\(folder)/\(name)"
            for entry in (try? root.names(in: path)) ?? [] where root.kind(of: "\(path)/\(entry)") == .link {
                found[entry] = name
            }
        }
        return found
    }

    /// Reads `nvme0n1` and `nvme1c1n1`, the latter under the name of the multipath device.
    static func namespace(_ name: String) -> NVMeNamespace? {
        guard name.hasPrefix("nvme") else { return nil }
        var rest = name.dropFirst(4)
        func number() -> Int? {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            return Int(digits)
        }
        guard let subsystem = number() else { return nil }
        if rest.first == "c" {
            rest = rest.dropFirst()
            guard number() != nil else { return nil }
        }
        guard rest.first == "n" else { return nil }
        rest = rest.dropFirst()
        guard let identifier = number(), rest.isEmpty else { return nil }
        return NVMeNamespace(name: "nvme\(subsystem)n\(identifier)", identifier: identifier)
    }
}
