/// QEMU's qcow2, versions 2 and 3; numbers are big-endian.
///
/// The older version 1 has the same sign and is recognised to be refused.
struct QcowInspector: FormatInspector {
    static let format = ImageFormat.qcow2
    static let memoryBound = lengthOfVersion3

    private static let sign: [UInt8] = [0x51, 0x46, 0x49, 0xfb]
    private static let lengthOfVersion2 = 72
    private static let lengthOfVersion3 = 104

    /// Incompatible features that can be used without a second file: dirty, corrupt, the compression's type. The fourth
    /// known one, extended entries of the second table, is refused as OpenStack refuses it.
    private static let knownFeatures: UInt64 = 0b1011
    private static let externalData: UInt64 = 0b0100

    private var header = ByteWindow(offset: 0, count: Self.lengthOfVersion3)

    var keptBytes: Int { header.bytes.count }
    var match: FormatMatch { .sign(Self.sign, in: header.bytes) }

    /// Whether it would take bytes that begin like these for a qcow2 image.
    static func recognises(_ start: [UInt8]) -> Bool { start.holds(sign) }

    mutating func take(_ chunk: Span<UInt8>, at position: UInt64) { header.take(chunk, at: position) }

    func report(size: UInt64) -> FormatReport {
        let bytes = header.bytes
        let version = bytes.big(UInt32.self, at: 4)
        guard bytes.count >= (version == 3 ? Self.lengthOfVersion3 : Self.lengthOfVersion2) else {
            return FormatReport(
                Self.format, virtualSize: nil, findings: [SafetyFinding(.malformed, "it ends inside its header")])
        }
        var findings: [SafetyFinding] = []
        if bytes.big(UInt64.self, at: 8) != 0 { findings.append(SafetyFinding(.backingFile, "it has a backing file")) }
        switch version {
        case 2: break  // has no features; other things stand in their place.
        case 3:
            let features = bytes.big(UInt64.self, at: 72)
            if features & Self.externalData != 0 {
                findings.append(SafetyFinding(.dataFile, "its data are in another file"))
            }
            let unknown = features & ~(Self.knownFeatures | Self.externalData)
            if unknown != 0 {
                findings.append(
                    SafetyFinding(.unknownFeatures, "it needs the unknown feature \(unknown.trailingZeroBitCount)"))
            }
        default:
            findings.append(SafetyFinding(.unknownFeatures, "its version is \(version) rather than 2 or 3"))
        }
        return FormatReport(Self.format, virtualSize: bytes.big(UInt64.self, at: 24), findings: findings)
    }
}
