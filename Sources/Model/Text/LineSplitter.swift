/// Divides a byte stream into lines. A line longer than `limit` is an error.
public struct LineSplitter: Sendable {
    private var rest: [UInt8] = []
    private let limit: Int

    public init(limit: Int = 16 * 1024 * 1024) {
        self.limit = limit
    }

    public struct TooLong: Error {}

    /// The lines that `bytes` complete, without their line ends; empty lines are left out.
    public mutating func feed(_ bytes: some Collection<UInt8>) throws(TooLong) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var start = bytes.startIndex
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            rest.append(contentsOf: bytes[start..<end])
            if !rest.isEmpty { lines.append(rest) }
            rest = []
            start = bytes.index(after: end)
        }
        rest.append(contentsOf: bytes[start...])
        if rest.count > limit { throw TooLong() }
        return lines
    }
}
