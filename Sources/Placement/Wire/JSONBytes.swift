import API

/// JSON text put together by hand, for answers that are megabytes of it.
struct JSONBytes: Sendable {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    mutating func put(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    mutating func put(_ other: [UInt8]) {
        bytes.append(contentsOf: other)
    }

    /// `text` in quotes; it holds only letters, digits, underscores and dashes.
    mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: text.utf8)
        bytes.append(UInt8(ascii: "\""))
    }

    /// `text` in quotes, whatever it holds.
    mutating func quote(escaping text: String) {
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5c }) else { return quote(text) }
        var json = JSONWriter(capacity: text.utf8.count + 16)
        json.value(text)
        put(json.bytes)
    }

    mutating func put(_ number: Int) {
        guard number > 9 else {
            if number < 0 { put("\(number)") } else { bytes.append(48 + UInt8(number)) }
            return
        }
        let start = bytes.count
        var rest = number
        while rest > 0 {
            bytes.append(48 + UInt8(rest % 10))
            rest /= 10
        }
        bytes[start...].reverse()
    }

    /// The comma between members, and none before the first.
    mutating func separate(_ isFirst: inout Bool) {
        if isFirst { isFirst = false } else { bytes.append(UInt8(ascii: ",")) }
    }
}
