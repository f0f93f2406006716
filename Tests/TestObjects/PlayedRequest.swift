/// A request as the played store got it.
public struct PlayedRequest: Sendable {
    public let method: String
    /// Percent-encoded, as it was sent.
    public let path: String
    /// Decoded.
    public let query: [(name: String, value: String)]
    /// Names in lower case.
    public let headers: [String: String]
    public let body: [UInt8]

    init(method: String, target: String, headers: [String: String], body: [UInt8]) {
        self.method = method
        self.headers = headers
        self.body = body
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(parts[0])
        query =
            parts.count < 2
            ? []
            : parts[1].split(separator: "&").map { pair in
                let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return (Self.decoded(halves[0]), halves.count > 1 ? Self.decoded(halves[1]) : "")
            }
    }

    public func parameter(_ name: String) -> String? { query.first { $0.name == name }?.value }

    /// Below the bucket: what follows its name in the path; nil for the bucket itself.
    var key: String? {
        let parts = path.split(separator: "/", maxSplits: 1)
        return parts.count > 1 ? Self.decoded(parts[1]) : nil
    }

    var bucket: String { path.split(separator: "/").first.map(String.init) ?? "" }

    static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
