/// A master boot record in the first 512 bytes, which is also what a GPT has there to protect itself.
///
/// The boot sector of a FAT file system ends with the same sign and is none: it has two tables and a fixed disk's mark.
struct PartitionTableInspector: FormatInspector {
    static let format = ImageFormat.gpt
    static let memoryBound = length

    private static let length = 512
    private static let sign: [UInt8] = [0x55, 0xaa]
    private static let firstEntry = 446
    private static let entryLength = 16
    private static let protective: UInt8 = 0xee

    private var sector = ByteWindow(offset: 0, count: Self.length)

    var keptBytes: Int { sector.bytes.count }

    var match: FormatMatch {
        guard sector.isComplete else { return .undecided }
        let isFAT = sector.bytes[0x10] == 2 && sector.bytes[0x15] == 0xf8
        return sector.bytes.holds(Self.sign, at: 510) && !isFAT ? .matches : .excluded
    }

    mutating func take(_ chunk: Span<UInt8>, at position: UInt64) { sector.take(chunk, at: position) }

    func report(size: UInt64) -> FormatReport {
        FormatReport(Self.format, virtualSize: size, findings: problem.map { [SafetyFinding(.mbr, $0)] } ?? [])
    }

    /// What is impossible in the four entries, nil for a table that a firmware could use.
    private var problem: String? {
        var used: [Int] = []
        var isProtective = false
        for number in 0..<4 {
            let start = Self.firstEntry + number * Self.entryLength
            let entry = Array(sector.bytes[start..<start + Self.entryLength])
            guard entry[0] == 0 || entry[0] == 0x80 else {
                return "its partition \(number + 1) has the boot flag \(entry[0]) rather than 0 or 128"
            }
            if entry[4] != 0 { used.append(number) }
            guard entry[4] == Self.protective else { continue }
            isProtective = true
            guard entry.holds([0, 2, 0], at: 1) else { return "its protective partition does not begin at CHS 0/0/2" }
            guard entry.little(UInt32.self, at: 8) == 1 else {
                return "its protective partition does not begin at block 1"
            }
        }
        if isProtective, used != [0] { return "it has partitions beside the protective one" }
        return used.isEmpty ? "it has no partition" : nil
    }
}
