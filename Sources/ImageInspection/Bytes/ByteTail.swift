/// The last bytes of the image, at most `count` of them.
struct ByteTail: Sendable {
    let count: Int
    private(set) var bytes: [UInt8] = []

    init(count: Int) { self.count = count }

    var isComplete: Bool { bytes.count == count }

    /// Takes a chunk from its index `start` on.
    mutating func take(_ chunk: Span<UInt8>, from start: Int) {
        let first = max(start, chunk.count - count)
        guard first < chunk.count else { return }
        let surplus = bytes.count + (chunk.count - first) - count
        if surplus > 0 { bytes.removeFirst(surplus) }
        for index in first..<chunk.count { bytes.append(chunk[index]) }
    }
}
