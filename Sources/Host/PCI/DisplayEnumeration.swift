import Model

/// Reads which displays the host itself uses.
struct DisplayEnumeration {
    /// Functions of framebuffers, by name, such as `fb0`.
    private(set) var framebuffers: [String: PCIAddress] = [:]
    private(set) var firmwareFramebuffer: String?
    private(set) var hasText = false

    init(_ root: SysfsRoot) {
        for (folder, prefix) in [("/sys/class/graphics", "fb"), ("/sys/class/drm", "card")] {
            for name in (try? root.names(in: folder)) ?? []
            where name.hasPrefix(prefix) && Int(name.dropFirst(prefix.count)) != nil {
                guard let path = try? root.destination(of: "\(folder)/\(name)") else { continue }
                if let address = DevicePath.function(of: path) {
                    // A card has a node in any case; its console is a framebuffer.
                    if prefix == "fb" { framebuffers[name] = address }
                } else if path.contains("/platform/"), path.contains("framebuffer") || path.contains("-fb") {
                    firmwareFramebuffer = firmwareFramebuffer ?? name
                }
            }
        }
        for name in (try? root.names(in: "/sys/class/vtconsole")) ?? [] {
            let folder = "/sys/class/vtconsole/\(name)"
            guard let title = try? root.text("\(folder)/name"), title.contains("VGA") else { continue }
            if (try? root.text("\(folder)/bind")) == "1" { hasText = true }
        }
    }
}
