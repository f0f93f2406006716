/// How one drive is to be erased.
enum ErasePlan: Sendable, Equatable {
    case sanitizeKey, sanitizeBlocks, sanitizeOverwrite
    case formatKey, formatData
    case zero

    /// Chooses the strongest erasure that configuration and drive allow. Throws if there is none; the error says what
    /// the drive lacks.
    ///
    /// - Parameter isPart: whether the unit is a virtual function that shares the media with others; then erasures that
    ///   reach the whole drive are excluded
    init(_ options: NVMeOptions, _ drive: NVMeIdentity, isPart: Bool = false) throws(DriverFault) {
        let action = options.clearAction
        if isPart, action == .sanitize {
            throw DriverFault(
                "A virtual function cannot be sanitized, which would erase its neighbours; set clear_action to auto, format or zero."
            )
        }
        if isPart, drive.formatTakesAllNamespaces {
            guard action != .format, options.clearStrategy != .crypto else {
                throw DriverFault(
                    "The drive formats all namespaces at once, those of other virtual functions among them; set clear_action "
                        + "to auto or zero and clear_strategy to auto or block.")
            }
            self = .zero
            return
        }
        if !isPart, action == .sanitize || action == .auto, let plan = Self.sanitize(options.clearStrategy, drive) {
            self = plan
        } else if action == .format || action == .auto, let plan = Self.format(options.clearStrategy, drive) {
            self = plan
        } else if action == .zero || (action == .auto && options.clearStrategy != .crypto) {
            self = .zero
        } else {
            throw DriverFault(
                "The drive cannot be erased as configured: clear_action \(action.rawValue) with clear_strategy "
                    + "\(options.clearStrategy.rawValue) needs what it lacks. Set both to auto, or offer another drive."
            )
        }
    }

    private static func sanitize(_ strategy: NVMeOptions.ClearStrategy, _ drive: NVMeIdentity) -> ErasePlan? {
        switch strategy {
        case .crypto: drive.sanitizesKey ? .sanitizeKey : nil
        case .block: drive.sanitizesBlocks ? .sanitizeBlocks : drive.sanitizesByOverwriting ? .sanitizeOverwrite : nil
        case .auto:
            // Blocks first: what they hold afterwards can be checked, a lost key cannot.
            drive.sanitizesBlocks
                ? .sanitizeBlocks
                : drive.sanitizesKey ? .sanitizeKey : drive.sanitizesByOverwriting ? .sanitizeOverwrite : nil
        }
    }

    private static func format(_ strategy: NVMeOptions.ClearStrategy, _ drive: NVMeIdentity) -> ErasePlan? {
        guard drive.canFormat else { return nil }
        switch strategy {
        case .crypto: return drive.formatErasesKey ? .formatKey : nil
        case .block, .auto: return .formatData
        }
    }

    /// For the record.
    var title: String {
        switch self {
        case .sanitizeKey: "nvme sanitize, crypto erase"
        case .sanitizeBlocks: "nvme sanitize, block erase"
        case .sanitizeOverwrite: "nvme sanitize, overwrite"
        case .formatKey: "nvme format, crypto erase"
        case .formatData: "nvme format, user data erase"
        case .zero: "zeros over every namespace; blocks that no namespace shows are not reached"
        }
    }

    var sanitizeAction: Int? {
        switch self {
        case .sanitizeBlocks: 2
        case .sanitizeOverwrite: 3
        case .sanitizeKey: 4
        default: nil
        }
    }

    /// Whether the erasure leaves random content, so that samples must only differ from before.
    var leavesNoise: Bool { self == .sanitizeKey || self == .formatKey }
}
