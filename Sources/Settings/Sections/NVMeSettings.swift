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
            "nvme.device_spec", "Drives to offer, with the keys of pci.device_spec; none are offered unasked.",
            takesTexts: true)
        clearAction = reader.choice(
            "nvme.clear_action", "The command that erases; auto is the strongest that the drive has.",
            default: ClearAction.auto)
        clearStrategy = reader.choice(
            "nvme.clear_strategy", "What is erased: the key or the blocks; auto is blocks where the drive can.",
            default: ClearStrategy.auto)
        cleanupTimeout = reader.number(
            "nvme.cleanup_timeout", "Seconds that one erasure may take.", in: 60...86_400, default: 900)
        samples = reader.number(
            "nvme.samples", "Blocks of 4 KiB that are read back of each namespace.", in: 16...1_048_576, default: 1024)
        offersVirtualFunctions = reader.boolean(
            "nvme.offer_virtual_functions",
            "Offer virtual functions of drives; each must have private namespaces of its own.", default: false)
        handleType = reader.choice(
            "nvme.handle_type",
            "What a guest gets of a drive: its PCI function, its namespace through the hypervisor's driver, or its block device.",
            default: HandleType.pci)
    }
}
