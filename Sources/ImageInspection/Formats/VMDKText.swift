/// A text at the beginning of an image, which is a VMDK's descriptor if it names a type. The data are in other files then.
struct VMDKText: Sendable {
    /// So many bytes must be text, or all where there are fewer.
    private static let leastText = 512
    /// QEMU reads no more of a descriptor.
    private static let mostText = (1 << 20) - 1

    private var count = 0
    private var isOver = false
    private(set) var createType = CreateTypeScanner()

    var match: FormatMatch { createType.hasKey ? .matches : isOver ? .excluded : .undecided }

    /// Takes a byte; a letter of ASCII in any case.
    mutating func take(_ byte: UInt8) {
        guard !isOver else { return }
        let isText =
            count < Self.leastText
            ? (0x20...0x7e).contains(byte) || (0x09...0x0d).contains(byte) || (0x1c...0x1f).contains(byte)
            : byte != 0 && byte < 0x80
        guard isText, count < Self.mostText else {
            isOver = true
            // What stops being text too early is none, whatever it said before.
            if count < Self.leastText { createType = CreateTypeScanner() }
            return
        }
        count += 1
        createType.take((0x41...0x5a).contains(byte) ? byte | 0x20 : byte)
    }

    /// Whether more bytes could change anything.
    var needsMore: Bool { !isOver && !(createType.hasKey && count >= Self.leastText && createType.type != nil) }
}
