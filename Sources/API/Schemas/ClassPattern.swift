/// A pattern of the form `^[A-Z0-9_]+$` or `^[0-9a-f-]{36}$`: the whole text consists of certain ASCII characters. Most patterns
/// of requests are of that form, and need no engine for regular expressions.
struct ClassPattern: Sendable {
    /// Bit per ASCII character.
    private var low: UInt64 = 0
    private var high: UInt64 = 0
    private let counts: ClosedRange<Int>

    /// Nil if `pattern` has another form.
    init?(_ pattern: String) {
        var rest = pattern.utf8[...]
        guard rest.removeFirst(ifIs: "^"), rest.removeFirst(ifIs: "["),
            let end = rest.firstIndex(of: UInt8(ascii: "]")),
            rest.popLast() == UInt8(ascii: "$")
        else { return nil }
        let inner = Array(rest[..<end])
        let behind = Array(rest[rest.index(after: end)...])
        if behind == Array("+".utf8) {
            counts = 1...Int.max
        } else {
            guard behind.count > 2, behind.first == UInt8(ascii: "{"), behind.last == UInt8(ascii: "}"),
                let count = Int(String(decoding: behind.dropFirst().dropLast(), as: UTF8.self)), count >= 0
            else { return nil }
            counts = count...count
        }
        // What has a meaning of its own within brackets is left to the engine.
        let special = Set("\\[^&~|".utf8)
        guard !inner.isEmpty, !inner.contains(where: { $0 > 127 || special.contains($0) }) else { return nil }
        var place = 0
        while place < inner.count {
            let first = inner[place]
            if place + 2 < inner.count, inner[place + 1] == UInt8(ascii: "-") {
                guard first <= inner[place + 2] else { return nil }
                for byte in first...inner[place + 2] { add(byte) }
                place += 3
            } else {
                // A dash stands for itself only at an end.
                guard first != UInt8(ascii: "-") || place == 0 || place == inner.count - 1 else { return nil }
                add(first)
                place += 1
            }
        }
    }

    private mutating func add(_ byte: UInt8) {
        if byte < 64 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte - 64) }
    }

    func matches(_ text: String) -> Bool {
        var count = 0
        for byte in text.utf8 {
            guard byte < 128, (byte < 64 ? low >> UInt64(byte) : high >> UInt64(byte - 64)) & 1 == 1 else {
                return false
            }
            count += 1
        }
        return counts.contains(count)
    }
}

extension Substring.UTF8View {
    fileprivate mutating func removeFirst(ifIs character: Unicode.Scalar) -> Bool {
        guard first == UInt8(ascii: character) else { return false }
        removeFirst()
        return true
    }
}
