/// A controller's capabilities, from the first bytes of its Identify Controller data (NVM Express base specification
/// 2.0, figure 275). The binary form is defined by the specification; the tool's JSON changes with its version.
struct NVMeIdentity: Sendable, Equatable {
    /// Bit 1: format; bit 3: namespace management.
    let optionalAdminCommands: UInt16
    /// Bit 2: format can erase cryptographically; bit 1: an erasing format applies to all namespaces.
    let formatAttributes: UInt8
    /// Bit 0: crypto erase; 1: block erase; 2: overwrite.
    let sanitizeCapabilities: UInt32
    /// Bit 1: the drive may have several controllers.
    let sharing: UInt8
    /// The controller's own number.
    let controller: Int
    /// Bytes that belong to no namespace; 0 if the drive does not report them.
    let unallocated: UInt64

    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 4096 else { return nil }
        optionalAdminCommands = UInt16(bytes[256]) | UInt16(bytes[257]) << 8
        sanitizeCapabilities =
            UInt32(bytes[328]) | UInt32(bytes[329]) << 8 | UInt32(bytes[330]) << 16 | UInt32(bytes[331]) << 24
        formatAttributes = bytes[524]
        sharing = bytes[76]
        controller = Int(bytes[78]) | Int(bytes[79]) << 8
        // A number of 16 bytes; none needs more than 8.
        unallocated = (0..<8).reduce(0) { $0 | UInt64(bytes[296 + $1]) << (8 * UInt64($1)) }
    }

    var managesNamespaces: Bool { optionalAdminCommands & 8 != 0 }
    var mayHaveOtherControllers: Bool { sharing & 2 != 0 }
    var canFormat: Bool { optionalAdminCommands & 2 != 0 }
    var formatErasesKey: Bool { formatAttributes & 4 != 0 }
    var formatTakesAllNamespaces: Bool { formatAttributes & 2 != 0 }
    var sanitizesKey: Bool { sanitizeCapabilities & 1 != 0 }
    var sanitizesBlocks: Bool { sanitizeCapabilities & 2 != 0 }
    var sanitizesByOverwriting: Bool { sanitizeCapabilities & 4 != 0 }
}

/// The state of a sanitize operation, from the Sanitize Status log page (figure 292 there).
struct SanitizeStatus: Sendable, Equatable {
    enum State: Sendable, Equatable {
        case never, succeeded, running, failed
    }

    let state: State
    /// Of 65536.
    let progress: UInt16

    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 20 else { return nil }
        progress = UInt16(bytes[0]) | UInt16(bytes[1]) << 8
        switch bytes[2] & 7 {
        case 0: state = .never
        // 4: completed, blocks not deallocated.
        case 1, 4: state = .succeeded
        case 2: state = .running
        default: state = .failed
        }
    }
}

/// Wear and errors, from the SMART / Health Information log page (figure 207 there).
struct NVMeWear: Sendable, Equatable {
    let criticalWarning: UInt8
    /// Kelvin.
    let temperature: UInt16
    /// Per cent.
    let spare: UInt8
    let spareThreshold: UInt8
    let used: UInt8
    let mediaErrors: UInt64

    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 512 else { return nil }
        criticalWarning = bytes[0]
        temperature = UInt16(bytes[1]) | UInt16(bytes[2]) << 8
        spare = bytes[3]
        spareThreshold = bytes[4]
        used = bytes[5]
        mediaErrors = (0..<8).reduce(0) { $0 | UInt64(bytes[160 + $1]) << (8 * UInt64($1)) }
    }

    /// The health that follows. Bits of the critical warning: spare below its threshold, too hot, unreliable,
    /// read-only, backup failed.
    var health: DeviceHealth {
        let evidence = [
            "critical_warning": String(criticalWarning), "temperature_kelvin": String(temperature),
            "available_spare": String(spare), "percentage_used": String(used), "media_errors": String(mediaErrors),
        ]
        if criticalWarning & 0b1100 != 0 {
            let what = criticalWarning & 8 != 0 ? "its media are read only" : "it reports that it is unreliable"
            return DeviceHealth(.sick, reason: what, evidence: evidence)
        }
        if criticalWarning & 1 != 0 || (spareThreshold > 0 && spare < spareThreshold) {
            return DeviceHealth(.worn, reason: "its spare blocks are below their threshold", evidence: evidence)
        }
        if used >= 100 { return DeviceHealth(.worn, reason: "its rated endurance is used up", evidence: evidence) }
        return DeviceHealth(.well, evidence: evidence)
    }
}
