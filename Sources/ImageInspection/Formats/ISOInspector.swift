/// ISO 9660 and UDF: the first volume descriptor, in the seventeenth sector of 2,048 bytes.
struct ISOInspector: FormatInspector {
    static let format = ImageFormat.iso
    static let memoryBound = sector

    private static let sector = 2048
    private static let signs = ["CD001", "NSR02", "NSR03"].map { Array($0.utf8) }
    private static let primary: UInt8 = 1

    private var descriptor = ByteWindow(offset: 16 * UInt64(Self.sector), count: Self.sector)

    var keptBytes: Int { descriptor.bytes.count }

    var match: FormatMatch {
        guard descriptor.isComplete else { return .undecided }
        return Self.signs.contains { descriptor.bytes.holds($0, at: 1) } ? .matches : .excluded
    }

    mutating func take(_ chunk: Span<UInt8>, at position: UInt64) { descriptor.take(chunk, at: position) }

    /// Blocks times their length, both of which stand there in either order of bytes. Other descriptors do not tell.
    func report(size: UInt64) -> FormatReport {
        let bytes = descriptor.bytes
        guard bytes.byte(at: 0) == Self.primary else { return FormatReport(Self.format, virtualSize: nil) }
        // 32 bits times 16 bits.
        let blocks = UInt64(bytes.little(UInt32.self, at: 80))
        return FormatReport(Self.format, virtualSize: blocks * UInt64(bytes.little(UInt16.self, at: 128)))
    }
}
