/// Kernel drivers that hand a function on to a program, most often a guest's: whoever has it open has the device.
public enum GuestDriver {
    /// Drivers for programs that are none of the vfio family: DPDK's, and Xen's for its guests.
    private static let others: Set<String> = [
        "uio_pci_generic", "igb_uio", "pciback", "xen-pciback", "xen_pciback",
    ]

    /// `vfio-pci` and its variants, which vendors name after themselves: `mlx5_vfio_pci`, `hisi_acc_vfio_pci`, `nvgrace_gpu_vfio_pci`.
    public static func isOne(_ name: String) -> Bool {
        others.contains(name) || name.lowercased().split(whereSeparator: { $0 == "-" || $0 == "_" }).contains("vfio")
    }
}

extension PCIFunction {
    /// Whether a guest, or another program, may have the function just now, by its driver.
    var hasGuestDriver: Bool { hasVFIODevice || driver.map(GuestDriver.isOne) == true }

    /// The driver by which the host itself uses the function; nil where none does.
    public var hostDriver: String? {
        // The last two hold a function for others: against every other driver, and while its virtual functions are in use.
        guard let driver, !hasGuestDriver, !["pci-stub", "pci-pf-stub"].contains(driver) else { return nil }
        return driver
    }
}
