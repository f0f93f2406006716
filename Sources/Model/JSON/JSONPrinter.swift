extension JSONValue {
    /// As text for readers: two spaces a level, a member a line, with a line's end.
    public var printed: String {
        var printer = JSONPrinter()
        printer.write(self)
        return String(decoding: printer.bytes, as: UTF8.self)
    }

    /// As text in one line.
    public var compact: String {
        var writer = JSONWriter()
        writer.value(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

/// JSON for readers: two spaces a level, a member a line.
struct JSONPrinter {
    private(set) var bytes: [UInt8] = []

    mutating func write(_ value: JSONValue) {
        write(value, depth: 0)
        bytes.append(0x0a)
    }

    private mutating func write(_ value: JSONValue, depth: Int) {
        switch value {
        case .array(let elements) where !elements.isEmpty:
            open("[", depth)
            for (index, element) in elements.enumerated() {
                separate(index, depth)
                write(element, depth: depth + 1)
            }
            close("]", depth)
        case .object(let members) where !members.isEmpty:
            open("{", depth)
            for (index, member) in members.enumerated() {
                separate(index, depth)
                plain(.text(member.name))
                bytes.append(contentsOf: ": ".utf8)
                write(member.value, depth: depth + 1)
            }
            close("}", depth)
        default: plain(value)
        }
    }

    private mutating func plain(_ value: JSONValue) {
        var writer = JSONWriter()
        writer.value(value)
        bytes += writer.bytes
    }

    private mutating func open(_ bracket: String, _ depth: Int) { bytes.append(contentsOf: bracket.utf8) }

    private mutating func separate(_ index: Int, _ depth: Int) {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        line(depth + 1)
    }

    private mutating func close(_ bracket: String, _ depth: Int) {
        line(depth)
        bytes.append(contentsOf: bracket.utf8)
    }

    private mutating func line(_ depth: Int) {
        bytes.append(0x0a)
        bytes.append(contentsOf: Array(repeating: 0x20, count: depth * 2))
    }
}
