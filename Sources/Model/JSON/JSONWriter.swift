/// Writes JSON into bytes without a tree between: for large answers, key order as written.
///
///     var json = JSONWriter()
///     json.object { json in
///         json.member("name", provider.name)
///         json.member("links") { json in json.array(links) { json, link in … } }
///     }
public struct JSONWriter: Sendable {
    public private(set) var bytes: [UInt8] = []
    private var needsComma = false

    public init(capacity: Int = 512) {
        bytes.reserveCapacity(capacity)
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    public mutating func object(_ members: (inout JSONWriter) throws -> Void) rethrows {
        separate()
        bytes.append(UInt8(ascii: "{"))
        needsComma = false
        try members(&self)
        bytes.append(UInt8(ascii: "}"))
        needsComma = true
    }

    public mutating func array<Elements: Sequence>(
        _ elements: Elements, _ write: (inout JSONWriter, Elements.Element) throws -> Void
    ) rethrows {
        separate()
        bytes.append(UInt8(ascii: "["))
        needsComma = false
        for element in elements { try write(&self, element) }
        bytes.append(UInt8(ascii: "]"))
        needsComma = true
    }

    /// The name of a member; its value must be written next.
    public mutating func name(_ name: String) {
        separate()
        quoted(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    public mutating func member(_ name: String, _ write: (inout JSONWriter) throws -> Void) rethrows {
        self.name(name)
        try write(&self)
    }

    public mutating func member(_ name: String, _ value: String?) {
        self.name(name)
        self.value(value)
    }

    public mutating func member(_ name: String, _ value: Int?) {
        self.name(name)
        self.value(value)
    }

    public mutating func member(_ name: String, _ value: Bool) {
        self.name(name)
        self.value(value)
    }

    public mutating func member(_ name: String, _ value: Double) {
        self.name(name)
        self.value(value)
    }

    public mutating func value(_ value: String?) {
        separate()
        if let value { quoted(value) } else { bytes.append(contentsOf: "null".utf8) }
    }

    public mutating func value(_ value: Int?) {
        separate()
        bytes.append(contentsOf: (value.map(String.init) ?? "null").utf8)
    }

    public mutating func value(_ value: Bool) {
        separate()
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    /// A whole number keeps its `.0`, as OpenStack's clients print it.
    public mutating func value(_ value: Double) {
        separate()
        bytes.append(contentsOf: (value.isFinite ? "\(value)" : "null").utf8)
    }

    public mutating func value(_ value: JSONValue) {
        switch value {
        case .null:
            separate()
            bytes.append(contentsOf: "null".utf8)
        case .bool(let value): self.value(value)
        case .integer(let value): self.value(value)
        case .number(let value): self.value(value)
        case .text(let value): self.value(value)
        case .array(let elements): array(elements) { json, element in json.value(element) }
        case .object(let members):
            object { json in
                for member in members {
                    json.name(member.name)
                    json.value(member.value)
                }
            }
        }
    }

    /// Bytes that are already JSON.
    public mutating func raw(_ json: [UInt8]) {
        separate()
        bytes.append(contentsOf: json)
    }

    /// Safe: the string lends its bytes for the closure only, which copies them.
    private mutating func quoted(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        // Nearly all text is taken over as it stands.
        let isWritten = unsafe text.utf8.withContiguousStorageIfAvailable { characters in
            guard unsafe !characters.contains(where: { Self.needsEscape($0) }) else { return false }
            unsafe bytes.append(contentsOf: characters)
            bytes.append(UInt8(ascii: "\""))
            return true
        }
        if isWritten != true { escaped(text) }
    }

    private static func needsEscape(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x22 || byte == 0x5c }

    /// `text` and the closing quotation mark.
    private mutating func escaped(_ text: String) {
        JSONEscaping.append(text, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Removes and returns what has been written, so that a long response can be sent in pieces.
    public mutating func take() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }
}
