import Host

/// The kernel's drivers by which a guest may be migrated with a PCI function: those that declare themselves for it as variants of
/// `vfio-pci`, which alone cannot.
///
/// The kernel lists them in `modules.alias` as `alias vfio_pci:v000015B3d0000101Esv*… mlx5_vfio_pci`; libvirt chooses by the same lines.
struct VariantDrivers: Sendable {
    private struct Entry {
        /// Nil matches any vendor.
        let vendor: UInt32?
        let product: UInt32?
        let driver: String
    }

    /// More than any distribution's list.
    private static let limit = 16 * 1024 * 1024

    private let entries: [Entry]

    /// Reads the list of the running kernel; nil if it cannot be read, as on a recorded host.
    init?(_ root: SysfsRoot) {
        guard let release = try? root.text("/proc/sys/kernel/osrelease"), !release.contains("/"),
            let list = try? root.text("/lib/modules/\(release)/modules.alias", limit: Self.limit)
        else { return nil }
        self.init(list)
    }

    init(_ list: String) {
        entries = list.utf8.split(separator: 10).compactMap { line in
            guard line.starts(with: "alias vfio_pci:v".utf8) else { return nil }
            let words = Substring(line).split(separator: " ")
            guard words.count == 3, words[2] != "vfio_pci", words[2] != "vfio-pci" else { return nil }
            let ids = words[1].dropFirst("vfio_pci:v".count).split(separator: "d", maxSplits: 1)
            guard ids.count == 2 else { return nil }
            return Entry(
                vendor: UInt32(ids[0], radix: 16), product: UInt32(ids[1].prefix { $0 != "s" }, radix: 16),
                driver: String(words[2]))
        }
    }

    /// The driver that may migrate the function.
    func driver(for function: PCIFunction) -> String? {
        entries.first { entry in
            entry.vendor ?? UInt32(function.vendor) == UInt32(function.vendor)
                && entry.product ?? UInt32(function.product) == UInt32(function.product)
        }?.driver
    }

    /// Why no guest can be migrated with the function; nil if one may.
    func refusal(of function: PCIFunction) -> String? {
        guard driver(for: function) == nil else { return nil }
        return "live_migratable is refused: this kernel has no variant of vfio-pci that migrates "
            + "\(function.vendorID):\(function.productID), and vfio-pci alone cannot"
    }
}
