/// Looks for the signs of what a raw disk holds, without keeping a byte of it.
struct ContentScanner: Sendable {
    /// A stretch of bytes at a fixed place.
    private struct Sign: Sendable {
        let content: DiskContent
        let offset: UInt64
        let bytes: [UInt8]
        /// How many of its bytes were there.
        var seen = 0

        init(_ content: DiskContent, _ offset: UInt64, _ bytes: [UInt8]) {
            self.content = content
            self.offset = offset
            self.bytes = bytes
        }

        init(_ content: DiskContent, _ offset: UInt64, _ text: String) { self.init(content, offset, Array(text.utf8)) }

        var isFound: Bool { seen == bytes.count }

        /// False where other bytes stand there.
        mutating func take(_ chunk: Span<UInt8>, at position: UInt64) -> Bool {
            while seen < bytes.count {
                let place = offset + UInt64(seen)
                guard place >= position, place - position < UInt64(chunk.count) else { return true }
                guard chunk[Int(place - position)] == bytes[seen] else { return false }
                seen += 1
            }
            return true
        }
    }

    /// What lies below comes first: a RAID's member may begin with the file system of the whole.
    private static let known: [Sign] =
        [Sign(.raid, 0, [0xfc, 0x4e, 0x2b, 0xa9]), Sign(.raid, 4096, [0xfc, 0x4e, 0x2b, 0xa9])]
        + (0..<4).map { Sign(.lvm, $0 * 512, "LABELONE") }
        + [
            Sign(.swap, 4086, "SWAPSPACE2"), Sign(.ext, 1080, [0x53, 0xef]), Sign(.xfs, 0, "XFSB"),
            Sign(.btrfs, 65_600, "_BHRfS_M"), Sign(.ntfs, 3, "NTFS    "), Sign(.exfat, 3, "EXFAT   "),
            Sign(.fat, 54, "FAT12   "), Sign(.fat, 54, "FAT16   "), Sign(.fat, 82, "FAT32   "),
            Sign(.squashfs, 0, "hsqs"), Sign(.erofs, 1024, [0xe2, 0xe1, 0xf5, 0xe0]), Sign(.gpt, 512, "EFI PART"),
        ]

    private var signs = known

    mutating func take(_ chunk: Span<UInt8>, at position: UInt64) {
        var isAnyWrong = false
        var wrong: Set<Int> = []
        for index in signs.indices where !signs[index].isFound {
            guard !signs[index].take(chunk, at: position) else { continue }
            isAnyWrong = true
            wrong.insert(index)
        }
        guard isAnyWrong else { return }
        signs = signs.indices.filter { !wrong.contains($0) }.map { signs[$0] }
    }

    /// What the bytes so far hold; nil where no sign is known.
    var content: DiskContent? { signs.first(where: \.isFound)?.content }
}
