/// Reads one device's folder in sysfs: knows which attributes exist, and notes each one that cannot be interpreted.
struct DeviceFolder {
    let root: SysfsRoot
    let path: String
    let names: Set<String>
    private(set) var problems: [HostProblem] = []

    /// Throws if the folder itself cannot be listed.
    init(_ root: SysfsRoot, _ path: String) throws(TreeFault) {
        self.root = root
        self.path = path
        names = Set(try root.names(in: path))
    }

    func has(_ name: String) -> Bool { names.contains(name) }

    /// The text of an attribute; nil if it is absent, empty or unreadable. An unreadable one is noted.
    mutating func text(_ name: String, limit: Int = 4096) -> String? {
        guard names.contains(name) else { return nil }
        do {
            let text = try root.text("\(path)/\(name)", limit: limit)
            return text.isEmpty || text == "(null)" ? nil : text
        } catch {
            // What only root may read, or what vanished with its device, is no fault of the device.
            if error.reason != .denied && error.reason != .missing { note(name, error.description) }
            return nil
        }
    }

    /// A decimal number; nil if the attribute is absent. Other text is noted.
    mutating func number(_ name: String) -> Int? {
        guard let text = text(name) else { return nil }
        guard let value = Int(text) else {
            note(name, "holds '\(text.prefix(40))' where a number is expected")
            return nil
        }
        return value
    }

    /// A hexadecimal number with or without `0x`.
    mutating func hexadecimal(_ name: String) -> UInt32? {
        guard let text = text(name) else { return nil }
        guard let value = hexadecimalNumber(text) else {
            note(name, "holds '\(text.prefix(40))' where a hexadecimal number is expected")
            return nil
        }
        return value
    }

    /// The last component of a link's target: the name of the driver, the group or the function.
    mutating func linkName(_ name: String) -> String? {
        guard names.contains(name) else { return nil }
        do {
            let target = try root.target(of: "\(path)/\(name)")
            return target.split(separator: "/").last.map(String.init)
        } catch {
            if error.reason != .missing { note(name, error.description) }
            return nil
        }
    }

    mutating func note(_ name: String, _ text: String) {
        problems.append(HostProblem(path: "\(path)/\(name)", text: text))
    }
}

func hexadecimalNumber(_ text: some StringProtocol) -> UInt32? {
    let digits = text.hasPrefix("0x") || text.hasPrefix("0X") ? text.dropFirst(2) : text[...]
    guard (1...8).contains(digits.utf8.count) else { return nil }
    return UInt32(digits, radix: 16)
}
