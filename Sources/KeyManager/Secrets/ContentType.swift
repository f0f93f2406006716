import API

/// The form of a payload.
enum ContentType: String, Sendable, CaseIterable {
    /// UTF-8.
    case text = "text/plain"
    case bytes = "application/octet-stream"
    case pkcs8 = "application/pkcs8"

    /// Nil for another media type, and for text in another character set.
    init?(field: String) {
        let parameters = field.split(separator: ";").dropFirst().map { part in
            part.lowercased().filter { $0 != " " && $0 != "\"" }
        }
        let isUTF8 = parameters.allSatisfy { !$0.hasPrefix("charset=") || $0 == "charset=utf-8" }
        guard isUTF8, let type = Self(rawValue: MediaType(field).description) else { return nil }
        self = type
    }

    static let names = allCases.map(\.rawValue).joined(separator: ", ")
}
