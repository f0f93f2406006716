/// VMware's VMDK in one file: a sparse extent with its descriptor inside. Numbers are little-endian.
///
/// A descriptor alone is recognised, to be refused: its extents are other files. The footer of a stream replaces the
/// header for who can seek, so the two must agree.
struct VMDKInspector: FormatInspector {
    static let format = ImageFormat.vmdk
    static let memoryBound =
        headerLength + VMDKDescriptor.longestLine + 2 * CreateTypeScanner.longestType + 2 + footerLength

    private static let sign = Array("KDMV".utf8)
    private static let headerLength = 64
    private static let sector: UInt64 = 512
    /// Where QEMU expects the descriptor, and how much of it QEMU reads.
    private static let descriptorSector: UInt64 = 1
    private static let mostDescriptor: UInt64 = (1 << 20) - 1
    /// The place of the grain directory in the header of a stream: it is in the footer.
    private static let atEnd = UInt64.max
    /// A marker, the header once more, the marker of the end.
    private static let footerLength = 3 * 512
    private static let footerMarker: UInt32 = 3

    private var header = ByteWindow(offset: 0, count: Self.headerLength)
    private var text: VMDKText? = VMDKText()
    private var descriptor = VMDKDescriptor()
    private var descriptorEnd: UInt64 = 0
    private var descriptorNext: UInt64 = 512
    private var tail: ByteTail?
    private var isHeaderRead = false
    private var problem: String?

    var keptBytes: Int {
        header.bytes.count + descriptor.keptBytes + (text?.createType.keptBytes ?? 0) + (tail?.bytes.count ?? 0)
    }

    var match: FormatMatch {
        let bySign = FormatMatch.sign(Self.sign, in: header.bytes)
        return bySign == .excluded ? text?.match ?? .excluded : bySign
    }

    static func recognises(_ start: [UInt8]) -> Bool { start.holds(sign) }

    mutating func take(_ chunk: Span<UInt8>, at position: UInt64) {
        header.take(chunk, at: position)
        takeText(chunk)
        guard header.bytes.holds(Self.sign), header.isComplete else { return }
        if !isHeaderRead { readHeader() }
        let behindHeader = position < UInt64(Self.headerLength) ? Self.headerLength - Int(position) : 0
        tail?.take(chunk, from: behindHeader)
        takeDescriptor(chunk, at: position)
    }

    /// Until the sign or another byte shows that it is none.
    private mutating func takeText(_ chunk: Span<UInt8>) {
        guard var text else { return }
        if header.bytes.holds(Self.sign) {
            self.text = nil
            return
        }
        var index = 0
        while index < chunk.count, text.needsMore {
            text.take(chunk[index])
            index += 1
        }
        self.text = text
    }

    private mutating func readHeader() {
        isHeaderRead = true
        let fields = VMDKHeader(header.bytes)
        guard (1...3).contains(fields.version) else {
            problem = "its version is \(fields.version) rather than 1, 2 or 3"
            return
        }
        guard fields.capacity > 0 else {
            problem = "it has no capacity, so that its extents would be opened"
            return
        }
        guard fields.descriptorSector == Self.descriptorSector else {
            problem = "its descriptor is not in its second sector"
            return
        }
        let (length, isBeyond) = fields.descriptorLength.multipliedReportingOverflow(by: Self.sector)
        descriptorEnd = descriptorNext + (isBeyond ? Self.mostDescriptor : min(length, Self.mostDescriptor))
        if fields.directory == Self.atEnd { tail = ByteTail(count: Self.footerLength) }
    }

    private mutating func takeDescriptor(_ chunk: Span<UInt8>, at position: UInt64) {
        guard descriptorNext < descriptorEnd, descriptorNext >= position,
            descriptorNext - position < UInt64(chunk.count)
        else { return }
        let start = Int(descriptorNext - position)
        let length = min(chunk.count - start, Int(descriptorEnd - descriptorNext))
        for index in start..<start + length { descriptor.take(chunk[index]) }
        descriptorNext += UInt64(length)
    }

    func report(size: UInt64) -> FormatReport {
        if let text, text.match == .matches {
            return FormatReport(
                Self.format, virtualSize: nil, subformat: text.createType.type,
                findings: [SafetyFinding(.descriptor, "it is a descriptor alone, whose data are in other files")])
        }
        guard header.isComplete else {
            return FormatReport(
                Self.format, virtualSize: nil, findings: [SafetyFinding(.malformed, "it ends inside its header")])
        }
        if let problem {
            return FormatReport(
                Self.format, virtualSize: nil, findings: [SafetyFinding(.descriptor, problem)])
        }
        let fields = VMDKHeader(header.bytes)
        let (bytes, isBeyond) = fields.capacity.multipliedReportingOverflow(by: Self.sector)
        var findings = descriptor.findings()
        if descriptorNext < descriptorEnd {
            findings.append(SafetyFinding(.malformed, "it ends inside its descriptor"))
        }
        if let tail, let problem = Self.problem(inFooter: tail, header: fields) {
            findings.append(SafetyFinding(.footer, problem))
        }
        return FormatReport(
            Self.format, virtualSize: isBeyond ? UInt64.max : bytes, subformat: descriptor.createType.type,
            findings: findings)
    }

    private static func problem(inFooter tail: ByteTail, header: VMDKHeader) -> String? {
        guard tail.isComplete else { return "it ends before its footer" }
        let bytes = tail.bytes
        let footer = VMDKHeader(Array(bytes[512..<512 + headerLength]))
        guard bytes.holds(sign, at: 512), footer.version == header.version, footer.capacity == header.capacity,
            footer.descriptorSector == header.descriptorSector, footer.descriptorLength == header.descriptorLength
        else { return "its header and its footer differ" }
        if footer.directory == atEnd { return "its footer refers to another footer" }
        guard bytes.little(UInt32.self, at: 8) == 0, bytes.little(UInt32.self, at: 12) == footerMarker,
            bytes[16..<512].allSatisfy({ $0 == 0 })
        else { return "the marker of its footer is damaged" }
        return bytes[1024...].allSatisfy { $0 == 0 } ? nil : "the marker of its end is damaged"
    }
}
