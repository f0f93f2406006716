package import Model

/// The position of a device, from the path of its folder below `/sys/devices`.
package enum DevicePath {
    /// The PCI function that a device belongs to: the last component of its path that is an address. Nil for virtual
    /// devices.
    public static func function(of path: String) -> PCIAddress? {
        for part in path.split(separator: "/").reversed() {
            if let address = full(part) { return address }
        }
        return nil
    }

    /// The functions from the root port to the device, the device last.
    public static func chain(of path: String) -> [PCIAddress] {
        path.split(separator: "/").compactMap(full)
    }

    /// Reads only complete addresses: `12:34.5` without a domain is a form that people use and sysfs does not.
    private static func full(_ part: Substring) -> PCIAddress? {
        guard part.utf8.count >= 12, part.utf8.filter({ $0 == 58 }).count == 2 else { return nil }
        return PCIAddress(String(part))
    }
}
