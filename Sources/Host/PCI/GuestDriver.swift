/// Kernel drivers that pass a function to a program, mostly for a guest. The process that has it open holds the device.
enum GuestDriver {
    /// Drivers for user-space programs outside the vfio family: for DPDK, and for Xen's guests.
    private static let others: Set<String> = [
        "uio_pci_generic", "igb_uio", "pciback", "xen-pciback", "xen_pciback",
    ]

    /// Whether the driver is `vfio-pci` or one of its variants, which vendors name differently: `mlx5_vfio_pci`,
    /// `hisi_acc_vfio_pci`, `nvgrace_gpu_vfio_pci`.
    public static func isOne(_ name: String) -> Bool {
        others.contains(name) || name.lowercased().split(whereSeparator: { $0 == "-" || $0 == "_" }).contains("vfio")
    }
}

extension PCIFunction {
    /// Whether a guest or another program may hold the function now, judging by its driver.
    var hasGuestDriver: Bool { hasVFIODevice || driver.map(GuestDriver.isOne) == true }

    /// The driver through which the host itself uses the function; nil if there is none.
    public var hostDriver: String? {
        // The last two hold a function for others: against every other driver, and while its virtual functions are in use.
        guard let driver, !hasGuestDriver, !["pci-stub", "pci-pf-stub"].contains(driver) else { return nil }
        return driver
    }
}
