/// ISO 9660 and UDF: a sequence of volume descriptors, each a sector of 2,048 bytes, from the seventeenth sector on.
///
///     ISO 9660    CD001 CD001 …            the primary one tells the size, and need not be the first
///     UDF         BEA01 NSR02 or NSR03 …   perhaps behind those of ISO 9660
struct ISOInspector: FormatInspector {
    static let format = ImageFormat.iso
    static let memoryBound = kept

    private static let sector: UInt64 = 2048
    private static let first: UInt64 = 16
    /// Descriptors that are looked at; real images have fewer than ten.
    private static let most: UInt64 = 32
    /// The beginning of a descriptor, with all that is read of it.
    private static let kept = 130
    private static let primary: UInt8 = 1

    private static let iso = Array("CD001".utf8)
    private static let udf = ["NSR02", "NSR03"].map { Array($0.utf8) }
    /// What may stand in front of UDF's.
    private static let passed = ["BEA01", "BOOT2", "CDW02"].map { Array($0.utf8) }

    private var number: UInt64 = 0
    private var descriptor = ByteWindow(offset: Self.first * Self.sector, count: Self.kept)
    /// The last byte of the first descriptor, which must be there as a whole.
    private var last = ByteWindow(offset: (Self.first + 1) * Self.sector - 1, count: 1)
    private var isISO = false
    private var isUDF = false
    /// Nothing more is looked for.
    private var isOver = false
    private var volume: UInt64?

    var keptBytes: Int { isOver ? 0 : descriptor.bytes.count }

    var match: FormatMatch {
        if isISO || isUDF { return last.isComplete ? .matches : .undecided }
        return isOver ? .excluded : .undecided
    }

    mutating func take(_ chunk: Span<UInt8>, at position: UInt64) {
        last.take(chunk, at: position)
        while !isOver {
            descriptor.take(chunk, at: position)
            guard descriptor.isComplete else { return }
            look()
        }
    }

    /// At a descriptor whose beginning is here; goes on to the next one.
    private mutating func look() {
        let bytes = descriptor.bytes
        if bytes.holds(Self.iso, at: 1) {
            isISO = true
            if bytes.byte(at: 0) == Self.primary { volume = Self.size(bytes) }
            isOver = volume != nil
        } else if Self.udf.contains(where: { bytes.holds($0, at: 1) }) {
            isUDF = true
            isOver = true
        } else {
            isOver = !Self.passed.contains { bytes.holds($0, at: 1) }
        }
        number += 1
        if number >= Self.most { isOver = true }
        descriptor = ByteWindow(offset: (Self.first + number) * Self.sector, count: Self.kept)
    }

    /// Blocks times their length, both of which stand there in either order of bytes: 32 bits times 16 bits.
    private static func size(_ bytes: [UInt8]) -> UInt64 {
        UInt64(bytes.little(UInt32.self, at: 80)) * UInt64(bytes.little(UInt16.self, at: 128))
    }

    /// Descriptors other than the primary one do not tell the size.
    func report(size: UInt64) -> FormatReport { FormatReport(Self.format, virtualSize: volume) }
}
