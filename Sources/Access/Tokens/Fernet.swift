import Crypto
import CryptoExtras
import FoundationEssentials
import Model

/// Signed and encrypted envelopes: AES-128-CBC, then HMAC-SHA256 over everything before it.
///
///     0x80 │ time, 8 bytes │ IV, 16 bytes │ ciphertext │ HMAC, 32 bytes      base64url
///
/// Source: the Fernet specification, version 0x80. Written without padding, as Keystone does; read with or without.
enum Fernet {
    /// Signing and encryption halves of a 32-byte key.
    struct Key: Sendable, Equatable {
        let signing: SymmetricKey
        let encryption: SymmetricKey

        /// Nil unless `text` is 32 bytes in base64url.
        init?(_ text: String) {
            guard let bytes = Base64URL.decode(text), bytes.count == 32 else { return nil }
            signing = SymmetricKey(data: bytes[..<16])
            encryption = SymmetricKey(data: bytes[16...])
        }

        static func generate(_ random: RandomSource) -> String { Base64URL.encode(random.bytes(32), padded: true) }
    }

    struct Message: Equatable {
        var bytes: [UInt8]
        /// Seconds since 1970, from the clock of the process that sealed it.
        var seconds: UInt64
    }

    private static let version: UInt8 = 0x80
    private static let headerLength = 25
    private static let signatureLength = 32
    private static let blockLength = 16
    /// Longer texts cannot be tokens of this program; they are refused before any computation.
    private static let longest = 4096

    static func seal(_ message: Message, with key: Key, iv: [UInt8]) throws -> String {
        var envelope: [UInt8] = [version]
        envelope.reserveCapacity(headerLength + message.bytes.count + blockLength + signatureLength)
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
            envelope.append(UInt8(truncatingIfNeeded: message.seconds >> shift))
        }
        envelope += iv
        envelope += try AES._CBC.encrypt(message.bytes, using: key.encryption, iv: AES._CBC.IV(ivBytes: iv))
        envelope += HMAC<SHA256>.authenticationCode(for: envelope, using: key.signing)
        return Base64URL.encode(envelope)
    }

    /// Nil unless one of `keys` sealed the text and nothing has changed since. Signatures are compared in constant
    /// time.
    static func open(_ text: String, with keys: [Key]) -> Message? {
        guard text.utf8.count <= longest, let envelope = Base64URL.decode(text) else { return nil }
        let ciphertextLength = envelope.count - headerLength - signatureLength
        guard ciphertextLength >= blockLength, ciphertextLength % blockLength == 0, envelope[0] == version else {
            return nil
        }
        let signed = envelope[..<(envelope.count - signatureLength)]
        let signature = envelope[(envelope.count - signatureLength)...]
        for key in keys
        where HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: signed, using: key.signing) {
            guard
                let iv = try? AES._CBC.IV(ivBytes: envelope[9..<headerLength]),
                let plaintext = try? AES._CBC.decrypt(signed[headerLength...], using: key.encryption, iv: iv)
            else { return nil }
            return Message(bytes: Array(plaintext), seconds: envelope[1..<9].reduce(0) { $0 << 8 | UInt64($1) })
        }
        return nil
    }
}
