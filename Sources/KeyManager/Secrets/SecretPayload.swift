/// What a secret holds. Never logged.
struct SecretPayload: Sendable {
    let bytes: [UInt8]
    let contentType: ContentType
}

extension SecretPayload: CustomStringConvertible {
    var description: String { "***" }
}
