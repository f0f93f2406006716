/// A namespace of a simulated drive.
struct PlayedNamespace: Sendable {
    let number: UInt32
    /// Bytes.
    var size: UInt64
    /// The numbers of the controllers that it is attached to.
    var controllers: Set<Int>
    /// 0: blocks of 512 bytes; 1: the same with metadata, which the kernel does not show.
    var format = 0
    /// Whether the kernel shows it as a block device; false for another command set.
    var isOfBlocks = true
    /// Written blocks by number; the others have the content of `background`.
    var blocks: [UInt64: [UInt8]] = [:]
    var background: (@Sendable (UInt64) -> [UInt8])?

    init(number: UInt32, size: UInt64, controllers: Set<Int>, isOfBlocks: Bool = true) {
        self.number = number
        self.size = size
        self.controllers = controllers
        self.isOfBlocks = isOfBlocks
    }

    mutating func fill(_ content: @escaping @Sendable (UInt64) -> [UInt8]) {
        blocks = [:]
        background = content
    }

    func block(_ number: UInt64) -> [UInt8] {
        blocks[number] ?? background.map { Self.whole($0(number)) } ?? Self.whole([])
    }

    func read(offset: Int, limit: Int) -> [UInt8] {
        guard offset >= 0, UInt64(offset) < size else { return [] }
        if offset % PlayedDrive.blockSize == 0, limit == PlayedDrive.blockSize {
            return block(UInt64(offset / PlayedDrive.blockSize))
        }
        let end = min(Int(size), offset + limit)
        var bytes: [UInt8] = []
        var place = offset
        while place < end {
            let block = block(UInt64(place / PlayedDrive.blockSize))
            let start = place % PlayedDrive.blockSize
            let count = min(PlayedDrive.blockSize - start, end - place)
            bytes += block[start..<start + count]
            place += count
        }
        return bytes
    }

    mutating func erase(_ conduct: PlayedDrive.Conduct) {
        switch conduct {
        case .lying, .failing: return
        case .honest:
            blocks = [:]
            background = nil
        case .partial(let share):
            @Sendable func keeps(_ block: UInt64) -> Bool {
                Double((block &* 0x9e37_79b9_7f4a_7c15) >> 11) / Double(UInt64(1) << 53) < share
            }
            blocks = blocks.filter { keeps($0.key) }
            if let background { self.background = { keeps($0) ? background($0) : [] } }
        }
    }

    static func whole(_ bytes: [UInt8]) -> [UInt8] {
        if bytes.count == PlayedDrive.blockSize { return bytes }
        if bytes.isEmpty { return [UInt8](repeating: 0, count: PlayedDrive.blockSize) }
        return Array(bytes.prefix(PlayedDrive.blockSize))
            + [UInt8](repeating: 0, count: max(0, PlayedDrive.blockSize - bytes.count))
    }
}
