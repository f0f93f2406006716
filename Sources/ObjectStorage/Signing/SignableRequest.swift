import Model

/// A request as its signature sees it.
struct SignableRequest: Sendable {
    let method: String
    /// Percent-encoded, from the first slash on.
    let path: String
    /// Names and values as they are meant, not encoded.
    let query: [(name: String, value: String)]
    /// Those that are signed, among them `host`.
    let headers: [(name: String, value: String)]
    /// The SHA-256 digest of the body in hexadecimal digits, or `UNSIGNED-PAYLOAD`.
    let payload: String

    /// The query as it is signed and sent: encoded, in the order of the encoded names.
    static func text(of query: [(name: String, value: String)]) -> String {
        query.map { ($0.name.percentEncoded, $0.value.percentEncoded) }.sorted { $0 < $1 }
            .map { "\($0.0)=\($0.1)" }.joined(separator: "&")
    }

    /// The names of the signed headers, in order.
    var signedNames: String { canonicalHeaders.map(\.name).joined(separator: ";") }

    /// What is hashed into the signature.
    var canonical: String {
        let lines = canonicalHeaders.map { "\($0.name):\($0.value)\n" }.joined()
        return "\(method)\n\(path)\n\(Self.text(of: query))\n\(lines)\n\(signedNames)\n\(payload)"
    }

    private var canonicalHeaders: [(name: String, value: String)] {
        headers.map { (name: $0.name.lowercased(), value: Self.trimmed($0.value)) }.sorted { $0.name < $1.name }
    }

    /// Without spaces around it, and with one for each run of them within.
    private static func trimmed(_ value: String) -> String {
        value.split(separator: " ").joined(separator: " ")
    }
}
