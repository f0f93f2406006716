/// Reads JSON (RFC 8259) strictly, and refuses what no honest client sends: nesting past 64 levels and NUL characters.
package struct JSONParser {
    private let bytes: [UInt8]
    private var at = 0
    private static let deepest = 64

    package static func parse(_ bytes: [UInt8]) throws(Fault) -> JSONValue {
        var parser = JSONParser(bytes: bytes)
        parser.skipSpace()
        let value = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.at == bytes.count else { throw parser.malformed("more follows the end of the value") }
        return value
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private func malformed(_ reason: String) -> Fault {
        .badRequest("Malformed JSON: \(reason) (at byte \(at)).")
    }

    private mutating func skipSpace() {
        while at < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[at]) { at += 1 }
    }

    private mutating func value(depth: Int) throws(Fault) -> JSONValue {
        guard at < bytes.count else { throw malformed("it ends too early") }
        guard depth < Self.deepest else { throw malformed("it is nested deeper than \(Self.deepest) levels") }
        switch bytes[at] {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .text(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw malformed("no value begins here")
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(Fault) -> JSONValue {
        let expected = "\(word)".utf8
        guard bytes[at...].starts(with: expected) else { throw malformed("no value begins here") }
        at += expected.count
        return value
    }

    private mutating func object(depth: Int) throws(Fault) -> JSONValue {
        at += 1
        var members: [JSONValue.Member] = []
        skipSpace()
        if at < bytes.count, bytes[at] == UInt8(ascii: "}") {
            at += 1
            return .object(members)
        }
        while true {
            skipSpace()
            guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else {
                throw malformed("a member's name is missing")
            }
            let name = try string()
            skipSpace()
            guard at < bytes.count, bytes[at] == UInt8(ascii: ":") else { throw malformed("':' is missing") }
            at += 1
            skipSpace()
            members.append(JSONValue.Member(name, try value(depth: depth + 1)))
            skipSpace()
            guard at < bytes.count else { throw malformed("it ends too early") }
            let next = bytes[at]
            at += 1
            if next == UInt8(ascii: "}") { return .object(members) }
            guard next == UInt8(ascii: ",") else {
                at -= 1
                throw malformed("',' or '}' is missing")
            }
        }
    }

    private mutating func array(depth: Int) throws(Fault) -> JSONValue {
        at += 1
        var elements: [JSONValue] = []
        skipSpace()
        if at < bytes.count, bytes[at] == UInt8(ascii: "]") {
            at += 1
            return .array(elements)
        }
        while true {
            skipSpace()
            elements.append(try value(depth: depth + 1))
            skipSpace()
            guard at < bytes.count else { throw malformed("it ends too early") }
            let next = bytes[at]
            at += 1
            if next == UInt8(ascii: "]") { return .array(elements) }
            guard next == UInt8(ascii: ",") else {
                at -= 1
                throw malformed("',' or ']' is missing")
            }
        }
    }

    private mutating func number() throws(Fault) -> JSONValue {
        let start = at
        var isWhole = true
        if bytes[at] == UInt8(ascii: "-") { at += 1 }
        let digits = at
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): break
            case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"), UInt8(ascii: "-"):
                isWhole = false
            default:
                return try finishNumber(start, digits, isWhole)
            }
            at += 1
        }
        return try finishNumber(start, digits, isWhole)
    }

    private func finishNumber(_ start: Int, _ digits: Int, _ isWhole: Bool) throws(Fault) -> JSONValue {
        let text = String(decoding: bytes[start..<at], as: UTF8.self)
        let hasLeadingZero =
            at - digits > 1 && bytes[digits] == UInt8(ascii: "0")
            && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[digits + 1])
        guard at > digits, !hasLeadingZero, bytes[at - 1] != UInt8(ascii: ".") else {
            throw malformed("'\(text.prefix(40))' is not a number")
        }
        if isWhole, let whole = Int(text) { return .integer(whole) }
        guard let number = Double(text), number.isFinite else {
            throw malformed("'\(text.prefix(40))' is not a number this service can hold")
        }
        return .number(number)
    }

    private mutating func string() throws(Fault) -> String {
        at += 1
        let start = at
        while at < bytes.count, bytes[at] != UInt8(ascii: "\""), bytes[at] != UInt8(ascii: "\\"), bytes[at] >= 0x20 {
            at += 1
        }
        if at < bytes.count, bytes[at] == UInt8(ascii: "\"") {
            guard let text = String(validating: bytes[start..<at], as: UTF8.self) else {
                throw malformed("a string is not UTF-8")
            }
            at += 1
            return text
        }
        var unescaped = Array(bytes[start..<at])
        while true {
            guard at < bytes.count else { throw malformed("a string does not end") }
            let byte = bytes[at]
            switch byte {
            case UInt8(ascii: "\""):
                at += 1
                guard let text = String(validating: unescaped, as: UTF8.self) else {
                    throw malformed("a string is not UTF-8")
                }
                return text
            case UInt8(ascii: "\\"):
                at += 1
                try escape(&unescaped)
            case 0..<0x20:
                throw malformed("a control character stands in a string")
            default:
                unescaped.append(byte)
                at += 1
            }
        }
    }

    private mutating func escape(_ text: inout [UInt8]) throws(Fault) {
        guard at < bytes.count else { throw malformed("a string does not end") }
        let byte = bytes[at]
        at += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0c)
        case UInt8(ascii: "n"): text.append(0x0a)
        case UInt8(ascii: "r"): text.append(0x0d)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var code = try hexadecimal()
            if (0xd800..<0xdc00).contains(code), bytes[at...].starts(with: [0x5c, 0x75]) {
                at += 2
                let low = try hexadecimal()
                guard (0xdc00..<0xe000).contains(low) else { throw malformed("a surrogate stands alone") }
                code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00)
            }
            guard code != 0 else { throw malformed("a string holds the character NUL, which cannot be stored") }
            guard let scalar = Unicode.Scalar(code) else { throw malformed("a surrogate stands alone") }
            text.append(contentsOf: Array(String(Character(scalar)).utf8))
        default:
            throw malformed("an escape sequence is unknown")
        }
    }

    private mutating func hexadecimal() throws(Fault) -> UInt32 {
        guard at + 4 <= bytes.count, bytes[at..<at + 4].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let code = UInt32(String(decoding: bytes[at..<at + 4], as: UTF8.self), radix: 16)
        else { throw malformed("an escape sequence is not four hexadecimal digits") }
        at += 4
        return code
    }
}
