import Model

/// A request's path and query, decoded. Text that cannot be stored is refused here, once for all endpoints.
struct RequestTarget {
    /// Still percent-encoded, as rewriting and prefixes see it.
    let rawPath: Substring
    let rawQuery: Substring

    /// Maximum number of parameters in one query: far above what clients send, and below what databases accept in one
    /// statement.
    static let mostParameters = 512

    init(_ target: String) {
        // By bytes: by characters, which may be several, it takes ten times as long.
        let end = target.utf8.firstIndex(of: UInt8(ascii: "#")) ?? target.endIndex
        let text = target[..<end]
        if let mark = text.utf8.firstIndex(of: UInt8(ascii: "?")) {
            rawPath = text[..<mark]
            rawQuery = text[text.index(after: mark)...]
        } else {
            rawPath = text
            rawQuery = ""
        }
    }

    /// The path's segments, decoded; empty ones (doubled slashes) are left out.
    static func segments(of path: some StringProtocol) throws(Fault) -> [String] {
        var segments: [String] = []
        for part in path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: true) {
            guard let text = decode(part, plusIsSpace: false) else {
                throw .badRequest("The path is not percent-encoded UTF-8 text without NUL characters.", field: "path")
            }
            segments.append(text)
        }
        return segments
    }

    func query() throws(Fault) -> [(name: String, value: String)] {
        guard !rawQuery.isEmpty else { return [] }
        var parameters: [(name: String, value: String)] = []
        for part in rawQuery.utf8.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: true) {
            let mark = part.firstIndex(of: UInt8(ascii: "="))
            let name = part[..<(mark ?? part.endIndex)]
            let value = mark.map { part[part.index(after: $0)...] } ?? part[part.endIndex...]
            guard let name = Self.decode(name, plusIsSpace: true) else {
                throw .badRequest(
                    "A parameter's name is not percent-encoded UTF-8 text without NUL characters.", field: "query")
            }
            guard let value = Self.decode(value, plusIsSpace: true) else {
                throw .badRequest(
                    "The value of the parameter '\(name.prefix(80))' is not percent-encoded UTF-8 text without NUL characters.",
                    field: name)
            }
            guard parameters.count < Self.mostParameters else {
                throw .badRequest(
                    "The query has more than \(Self.mostParameters) parameters; ask for fewer, or in several requests.",
                    field: "query")
            }
            parameters.append((name, value))
        }
        return parameters
    }

    /// Nil if an escape is malformed, the bytes are not UTF-8, or a NUL is among them.
    static func decode(_ text: some Collection<UInt8>, plusIsSpace: Bool) -> String? {
        if !text.contains(where: { $0 == UInt8(ascii: "%") || $0 == 0 || (plusIsSpace && $0 == UInt8(ascii: "+")) }) {
            return String(validating: text, as: UTF8.self)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var iterator = text.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = iterator.next().flatMap(digit), let low = iterator.next().flatMap(digit) else {
                    return nil
                }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(0x20)
            default: bytes.append(byte)
            }
        }
        guard !bytes.contains(0) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - 48
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - 87
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - 55
        default: nil
        }
    }
}
