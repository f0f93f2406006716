import Model

/// Reads the controllers below `/sys/class/nvme` and their namespaces.
///
/// With native multipath the data stand in `nvme1n1` below the subsystem while the controller's folder holds the path
/// `nvme1c1n1`; both come out as `nvme1n1`.
struct NVMeEnumeration {
    private(set) var controllers: [NVMeController] = []
    private(set) var problems: [HostProblem] = []

    init(_ root: SysfsRoot, blocks: [BlockDevice]) {
        let sizes = Dictionary(blocks.map { ($0.name, $0.size) }, uniquingKeysWith: { first, _ in first })
        for name in (try? root.names(in: "/sys/class/nvme")) ?? [] {
            do {
                let path = (try? root.destination(of: "/sys/class/nvme/\(name)")) ?? "/sys/class/nvme/\(name)"
                var folder = try DeviceFolder(root, path)
                let namespaces = folder.names.compactMap(Self.namespace).sorted { $0.identifier < $1.identifier }
                controllers.append(
                    NVMeController(
                        name: name, address: DevicePath.function(of: path), model: folder.text("model"),
                        serial: folder.text("serial"), firmware: folder.text("firmware_rev"),
                        transport: folder.text("transport"), state: folder.text("state"),
                        controllerID: folder.number("cntlid"), subsystem: folder.text("subsysnqn"),
                        namespaces: namespaces.map {
                            NVMeNamespace(name: $0.name, identifier: $0.identifier, size: sizes[$0.name] ?? nil)
                        }))
                problems += folder.problems
            } catch {
                problems.append(HostProblem(path: "/sys/class/nvme/\(name)", text: error.description))
            }
        }
    }

    /// `nvme0n1` and `nvme1c1n1`, the latter under the name of the multipath device.
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
