import HTTPTypes

/// What a trusted proxy reports about the client: RFC 7239's `Forwarded`, or the older `X-Forwarded-*`.
struct Forwarded {
    var scheme: String?
    var host: String?
    var client: String?

    init(_ headers: HTTPFields) {
        if let field = headers[Self.forwarded] {
            // The nearest proxy writes last; it is the one that is trusted.
            for pair in (field.split(separator: ",").last ?? "").split(separator: ";") {
                let parts = pair.split(separator: "=", maxSplits: 1)
                guard parts.count == 2 else { continue }
                let value = parts[1].trimmed.filter { $0 != "\"" }
                switch parts[0].trimmed.lowercased() {
                case "proto": scheme = value
                case "host": host = value
                case "for": client = value
                default: break
                }
            }
        } else {
            scheme = headers[Self.proto]?.split(separator: ",").last?.trimmed
            host = headers[Self.forwardedHost]?.split(separator: ",").last?.trimmed
            client = headers[Self.forwardedFor]?.split(separator: ",").last?.trimmed
        }
        if let known = scheme, known != "http", known != "https" { scheme = nil }
    }

    private static let forwarded = HTTPField.Name.constant("Forwarded")
    private static let proto = HTTPField.Name.constant("X-Forwarded-Proto")
    private static let forwardedHost = HTTPField.Name.constant("X-Forwarded-Host")
    private static let forwardedFor = HTTPField.Name.constant("X-Forwarded-For")
}

extension Substring {
    fileprivate var trimmed: String {
        String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}
