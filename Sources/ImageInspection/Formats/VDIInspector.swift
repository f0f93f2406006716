/// VirtualBox's disk image; numbers are little-endian.
struct VDIInspector: FormatInspector {
    static let format = ImageFormat.vdi
    static let memoryBound = length

    private static let sign: [UInt8] = [0x7f, 0x10, 0xda, 0xbe]
    private static let signOffset = 64
    private static let length = 512
    /// Types of images that read from another one: undo and differencing.
    private static let dependent: ClosedRange<UInt32> = 3...4

    private var header = ByteWindow(offset: 0, count: Self.length)

    var keptBytes: Int { header.bytes.count }
    var match: FormatMatch { .sign(Self.sign, in: header.bytes, at: Self.signOffset) }

    static func recognises(_ start: [UInt8]) -> Bool { start.holds(sign, at: signOffset) }

    mutating func take(_ chunk: Span<UInt8>, at position: UInt64) { header.take(chunk, at: position) }

    func report(size: UInt64) -> FormatReport {
        guard header.isComplete else {
            return FormatReport(
                Self.format, virtualSize: nil, findings: [SafetyFinding(.malformed, "it ends inside its header")])
        }
        let hasParent = Self.dependent.contains(header.bytes.little(UInt32.self, at: 0x4c))
        return FormatReport(
            Self.format, virtualSize: header.bytes.little(UInt64.self, at: 0x170),
            findings: hasParent ? [SafetyFinding(.backingFile, "it holds only what differs from another disk")] : [])
    }
}
