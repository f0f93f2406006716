/// QEMU's enhanced disk: recognised, and never allowed, because nothing that uses images reads it.
struct QEDInspector: FormatInspector {
    static let format = ImageFormat.qed
    static let memoryBound = sign.count

    private static let sign: [UInt8] = Array("QED".utf8) + [0]

    private var header = ByteWindow(offset: 0, count: Self.sign.count)

    var keptBytes: Int { header.bytes.count }
    var match: FormatMatch { .sign(Self.sign, in: header.bytes) }

    static func recognises(_ start: [UInt8]) -> Bool { start.holds(sign) }

    mutating func take(_ chunk: Span<UInt8>, at position: UInt64) { header.take(chunk, at: position) }

    func report(size: UInt64) -> FormatReport {
        FormatReport(Self.format, virtualSize: nil, findings: [SafetyFinding(.banned, "the format is not allowed")])
    }
}
