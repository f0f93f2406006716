/// Finds the first `createType="…"` in the text of a VMDK's descriptor, in upper or lower case, a byte at a time.
struct CreateTypeScanner: Sendable {
    /// Its first letter stands nowhere else in it, so a mismatch begins anew.
    private static let key = Array("createtype=\"".utf8)
    static let longestType = 63

    private var matched = 0
    private var letters: [UInt8] = []
    private(set) var hasKey = false
    /// In lower case; nil before its closing quotation mark, and where it is longer than any type.
    private(set) var type: String?
    private var isOver = false

    var keptBytes: Int { letters.count }

    /// - Parameter byte: in lower case
    mutating func take(_ byte: UInt8) {
        guard !isOver else { return }
        guard hasKey else {
            matched = byte == Self.key[matched] ? matched + 1 : byte == Self.key[0] ? 1 : 0
            hasKey = matched == Self.key.count
            return
        }
        switch byte {
        case UInt8(ascii: "\""):
            type = String(decoding: letters, as: UTF8.self)
            isOver = true
        case UInt8(ascii: "\n"): isOver = true
        default:
            letters.append(byte)
            if letters.count > Self.longestType { isOver = true }
        }
    }
}
