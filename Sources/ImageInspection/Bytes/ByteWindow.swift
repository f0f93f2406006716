/// A stretch of the image that is kept while the bytes pass: `count` bytes from `offset` on.
struct ByteWindow: Sendable {
    let offset: UInt64
    let count: Int
    private(set) var bytes: [UInt8] = []

    init(offset: UInt64, count: Int) {
        self.offset = offset
        self.count = count
    }

    var isComplete: Bool { bytes.count >= count }

    /// Keeps what the window lacks of a chunk that begins at `position`. What has passed before is lost.
    mutating func take(_ chunk: Span<UInt8>, at position: UInt64) {
        guard !isComplete else { return }
        let (next, isBeyond) = offset.addingReportingOverflow(UInt64(bytes.count))
        guard !isBeyond, next >= position, next - position < UInt64(chunk.count) else { return }
        let start = Int(next - position)
        let length = min(chunk.count - start, count - bytes.count)
        for index in start..<start + length { bytes.append(chunk[index]) }
    }
}
