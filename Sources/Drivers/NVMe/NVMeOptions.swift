/// The configuration of NVMe drives: section `nvme`.
public struct NVMeOptions: Sendable, Equatable {
    /// The drives that are offered; empty if nothing is offered.
    public var deviceSpecs: [DeviceSpec]
    public var clearAction: ClearAction
    public var clearStrategy: ClearStrategy
    /// The maximum duration of one erasure in seconds; at least 60.
    public var cleanupTimeout: Int
    /// Number of blocks of 4 KiB that are read back from each namespace.
    public var samples: Int
    /// Whether virtual functions of drives are offered; each must have namespaces of its own.
    public var offersVirtualFunctions: Bool

    /// What a guest gets from a drive.
    public var handleType: HandleType

    /// `handle_type`.
    public enum HandleType: String, Sendable, CaseIterable {
        /// The PCI function.
        case pci
        /// The namespace, through the hypervisor's own driver for the function.
        case nvme
        /// The block device, through the host's driver.
        case block
    }

    /// `clear_action`: the command that erases.
    public enum ClearAction: String, Sendable, CaseIterable {
        /// The strongest command that the drive supports: sanitize, otherwise format, otherwise zeros.
        case auto
        /// Sanitize, which also reaches blocks that belong to no namespace. A drive without it is refused.
        case sanitize
        case format
        /// Zeros over every namespace.
        case zero
    }

    /// `clear_strategy`: what sanitize and format do.
    public enum ClearStrategy: String, Sendable, CaseIterable {
        /// The key if the drive supports that, otherwise the blocks.
        case auto
        case crypto
        case block
    }

    public init(
        deviceSpecs: [DeviceSpec] = [], clearAction: ClearAction = .auto, clearStrategy: ClearStrategy = .auto,
        cleanupTimeout: Int = 900, samples: Int = 1024, offersVirtualFunctions: Bool = false,
        handleType: HandleType = .pci
    ) {
        self.deviceSpecs = deviceSpecs
        self.clearAction = clearAction
        self.clearStrategy = clearStrategy
        self.cleanupTimeout = max(60, cleanupTimeout)
        self.samples = max(16, samples)
        self.offersVirtualFunctions = offersVirtualFunctions
        self.handleType = handleType
    }
}
