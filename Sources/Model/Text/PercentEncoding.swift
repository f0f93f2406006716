extension String {
    /// The text as one segment of a path, or one name or value in a query: every byte except ASCII letters, digits and
    /// `-._~` is escaped in upper-case hexadecimal (RFC 3986, section 2.1).
    public var percentEncoded: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(utf8.count)
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default: bytes += [UInt8(ascii: "%")] + Hexadecimal.capitals(of: byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
