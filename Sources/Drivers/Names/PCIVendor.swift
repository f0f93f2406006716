/// Vendors for which Cyborg has a trait, by PCI vendor id.
enum PCIVendor {
    static func name(_ vendor: UInt16) -> String? {
        switch vendor {
        case 0x10de: "NVIDIA"
        case 0x102b: "MATROX"
        case 0x1bd4: "INSPUR"
        case 0x8086: "INTEL"
        case 0x1099: "SAMSUNG"
        case 0x1cf2: "ZTE"
        default: nil
        }
    }
}
