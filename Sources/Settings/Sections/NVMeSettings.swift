/// Which NVMe drives are offered, and how they are erased between two tenants.
public struct NVMeSettings: Sendable {
    public let deviceSpec: [SettingsValue]
    public let clearAction: ClearAction
    public let clearStrategy: ClearStrategy
    /// Seconds.
    public let cleanupTimeout: Int
    public let samples: Int
    public let offersVirtualFunctions: Bool

    public let handleType: HandleType

    public enum HandleType: String, Sendable, CaseIterable {
        case pci, nvme, block
    }

    public enum ClearAction: String, Sendable, CaseIterable {
        case auto, sanitize, format, zero
    }

    public enum ClearStrategy: String, Sendable, CaseIterable {
        case auto, crypto, block
    }

    init(_ reader: inout SettingsReader) {
        deviceSpec = reader.mappings(
            "nvme.device_spec",
            "Drives to offer, with the keys of pci.device_spec. If it is not set, nothing is offered.",
            takesTexts: true)
        clearAction = reader.choice(
            "nvme.clear_action", "The command that erases; auto is the strongest one that the drive supports.",
            default: ClearAction.auto)
        clearStrategy = reader.choice(
            "nvme.clear_strategy", "What is erased: the key or the blocks; auto means blocks if the drive supports it.",
            default: ClearStrategy.auto)
        cleanupTimeout = reader.number(
            "nvme.cleanup_timeout", "Maximum duration of one erasure, in seconds.", in: 60...86_400, default: 900)
        samples = reader.number(
            "nvme.samples", "Number of blocks of 4 KiB that are read back from each namespace.", in: 16...1_048_576,
            default: 1024)
        offersVirtualFunctions = reader.boolean(
            "nvme.offer_virtual_functions",
            "Offer virtual functions of drives; each must have private namespaces of its own.", default: false)
        handleType = reader.choice(
            "nvme.handle_type",
            "What a guest gets from a drive: its PCI function, its namespace through the hypervisor's driver, or its block device.",
            default: HandleType.pci)
    }
}
