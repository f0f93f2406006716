/// A number of bytes as Glance's configuration writes it: digits, and perhaps B, KB, MB, GB or TB, which are powers of 1,024.
struct StorageSize: Sendable, Equatable {
    let bytes: Int

    private static let units: [(suffix: String, factor: Int)] = [
        ("KB", 1 << 10), ("MB", 1 << 20), ("GB", 1 << 30), ("TB", 1 << 40), ("B", 1),
    ]

    /// Nil for other texts, and for more bytes than can be counted.
    init?(_ text: String) {
        let unit = Self.units.first { text.hasSuffix($0.suffix) }
        let digits = text.dropLast(unit?.suffix.utf8.count ?? 0)
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits) else {
            return nil
        }
        let (bytes, isTooLarge) = number.multipliedReportingOverflow(by: unit?.factor ?? 1)
        guard !isTooLarge else { return nil }
        self.bytes = bytes
    }
}
