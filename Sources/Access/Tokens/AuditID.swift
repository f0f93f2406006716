import Model

/// Names one token, or a chain of tokens, without giving it away: 16 random bytes, 22 characters of base64url.
public struct AuditID: Sendable, Hashable, CustomStringConvertible {
    let bytes: [UInt8]

    /// A new one.
    public init(_ random: RandomSource = .system) {
        bytes = random.bytes(16)
    }

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Nil unless `text` is 16 bytes in base64url.
    public init?(_ text: String) {
        guard let bytes = Base64URL.decode(text), bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    public var description: String { Base64URL.encode(bytes) }
}
