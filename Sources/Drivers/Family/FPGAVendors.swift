import Host

/// Makers of programmable cards, whose logic a tenant may have replaced.
enum FPGAVendors {
    /// Xilinx (AMD), Altera, Lattice, Microsemi, Achronix: all their processing accelerators are programmable.
    private static let makers: Set<UInt16> = [0x10ee, 0x1172, 0x1204, 0x11aa, 0x1b59]
    /// Cards of other vendors, by vendor and product: Intel's with Arria 10 and Stratix 10.
    private static let cards: Set<UInt32> = [0x8086_09c4, 0x8086_0b2b, 0x8086_bcce]

    /// Whether the function is a programmable card, and not a virtual function of one, through which nothing can be
    /// loaded.
    static func made(_ function: PCIFunction) -> Bool {
        guard function.classCode.isProcessingAccelerator, !function.isVirtualFunction else { return false }
        return makers.contains(function.vendor)
            || cards.contains(UInt32(function.vendor) << 16 | UInt32(function.product))
    }
}
