/// A drive's description of one namespace, from its Identify Namespace data (NVM command set specification 1.0, figure
/// 97).
struct NVMeNamespaceIdentity: Sendable, Equatable {
    /// One block format that a namespace can have.
    struct Format: Sendable, Equatable {
        let index: Int
        /// Bytes of metadata with each block.
        let metadata: Int
        /// Bytes of a block.
        let size: Int
        /// 0 is the best.
        let performance: Int

        /// Whether the kernel shows it as a block device.
        var isPlain: Bool { metadata == 0 && size >= 512 }
    }

    /// In blocks; 0 if the namespace does not exist.
    let size: UInt64
    /// The index of its present format.
    let format: Int
    let formats: [Format]
    /// Whether several controllers may have it (NMIC, bit 0).
    let mayBeShared: Bool

    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 4096 else { return nil }
        size = (0..<8).reduce(0) { $0 | UInt64(bytes[$1]) << (8 * UInt64($1)) }
        format = Int(bytes[26] & 0xf) | Int(bytes[26] >> 5 & 3) << 4
        mayBeShared = bytes[30] & 1 != 0
        formats = (0...min(63, Int(bytes[25]))).map { index in
            let place = 128 + 4 * index
            let exponent = Int(bytes[place + 2])
            return Format(
                index: index, metadata: Int(bytes[place]) | Int(bytes[place + 1]) << 8,
                size: (9...31).contains(exponent) ? 1 << exponent : 0, performance: Int(bytes[place + 3] & 3))
        }
    }

    /// The format to keep when it is erased: its present one or, if the kernel cannot show that, the best one that it
    /// can show.
    var keptFormat: Int {
        let own = formats.first { $0.index == format }
        guard let own, !own.isPlain, let plain = Self.best(of: formats) else { return format }
        return plain.index
    }

    /// The fastest plain format; among equally fast ones the first.
    static func best(of formats: [Format]) -> Format? {
        formats.filter(\.isPlain).min { ($0.performance, $0.index) < ($1.performance, $1.index) }
    }
}
