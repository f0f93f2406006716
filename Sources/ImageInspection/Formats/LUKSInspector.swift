/// A volume that is encrypted with LUKS, version 1; numbers are big-endian.
///
/// Without its key the payload cannot be inspected. Its first sector must at least not be the plain beginning of another
/// format, which a header in front would only hide.
struct LUKSInspector: FormatInspector {
    static let format = ImageFormat.luks
    static let memoryBound = fieldsLength + sector

    private static let sign = Array("LUKS".utf8) + [0xba, 0xbe]
    private static let fieldsLength = 108
    /// With the eight slots for keys.
    private static let headerLength: UInt64 = 592
    private static let sector = 512

    private var fields = ByteWindow(offset: 0, count: Self.fieldsLength)
    private var payload: ByteWindow?

    var keptBytes: Int { fields.bytes.count + (payload?.bytes.count ?? 0) }
    var match: FormatMatch { .sign(Self.sign, in: fields.bytes) }

    private var version: UInt16 { fields.bytes.big(UInt16.self, at: 6) }
    /// 32 bits times 512.
    private var payloadOffset: UInt64 { UInt64(fields.bytes.big(UInt32.self, at: 104)) * UInt64(Self.sector) }

    mutating func take(_ chunk: Span<UInt8>, at position: UInt64) {
        fields.take(chunk, at: position)
        if payload == nil, fields.isComplete, payloadOffset >= Self.headerLength {
            payload = ByteWindow(offset: payloadOffset, count: Self.sector)
        }
        payload?.take(chunk, at: position)
    }

    func report(size: UInt64) -> FormatReport {
        guard fields.isComplete, size >= Self.headerLength else {
            return FormatReport(
                Self.format, virtualSize: nil, findings: [SafetyFinding(.malformed, "it ends inside its header")])
        }
        guard version == 1 else {
            return FormatReport(
                Self.format, virtualSize: nil,
                findings: [SafetyFinding(.version, "its version is \(version) rather than 1")])
        }
        guard let payload, payload.offset <= size else {
            return FormatReport(
                Self.format, virtualSize: nil,
                findings: [SafetyFinding(.malformed, "its payload does not lie between its header and its end")])
        }
        let plain = Self.plainFormat(payload.bytes)
        return FormatReport(
            Self.format, virtualSize: size - payload.offset,
            findings: plain.map { [SafetyFinding(.innerPayload, "its payload is a plain \($0.rawValue) image")] } ?? [])
    }

    /// Formats whose sign is too long to occur by chance.
    private static func plainFormat(_ start: [UInt8]) -> ImageFormat? {
        let known: [(format: ImageFormat, recognises: ([UInt8]) -> Bool)] = [
            (.qcow2, QcowInspector.recognises), (.qed, QEDInspector.recognises), (.vhd, VHDInspector.recognises),
            (.vhdx, VHDXInspector.recognises), (.vmdk, VMDKInspector.recognises), (.vdi, VDIInspector.recognises),
        ]
        return known.first { $0.recognises(start) }?.format
    }
}
