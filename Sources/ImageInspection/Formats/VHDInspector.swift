/// Microsoft's VHD, dynamic: the copy of its footer at the beginning; numbers are big-endian.
///
/// A fixed VHD has its footer at the end alone and is no different from a raw image until then; it counts as raw.
struct VHDInspector: FormatInspector {
    static let format = ImageFormat.vhd
    static let memoryBound = length

    private static let sign = Array("conectix".utf8)
    private static let length = 512
    private static let differencing: UInt32 = 4

    private var footer = ByteWindow(offset: 0, count: Self.length)

    var keptBytes: Int { footer.bytes.count }
    var match: FormatMatch { .sign(Self.sign, in: footer.bytes) }

    static func recognises(_ start: [UInt8]) -> Bool { start.holds(sign) }

    mutating func take(_ chunk: Span<UInt8>, at position: UInt64) { footer.take(chunk, at: position) }

    func report(size: UInt64) -> FormatReport {
        guard footer.isComplete else {
            return FormatReport(
                Self.format, virtualSize: nil, findings: [SafetyFinding(.malformed, "it ends inside its header")])
        }
        let hasParent = footer.bytes.big(UInt32.self, at: 60) == Self.differencing
        return FormatReport(
            Self.format, virtualSize: footer.bytes.big(UInt64.self, at: 40),
            findings: hasParent ? [SafetyFinding(.backingFile, "it holds only what differs from another disk")] : [])
    }
}
