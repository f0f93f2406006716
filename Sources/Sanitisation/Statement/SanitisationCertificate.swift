import Crypto
import FoundationEssentials

/// A statement with the signature of the control plane over its text, Ed25519 (RFC 8032).
///
/// The text is kept as it was signed, so that no reader must reproduce it.
public struct SanitisationCertificate: Sendable, Codable, Equatable {
    /// JSON of a `SanitisationStatement`.
    public var statement: String
    /// `CertificateKey.id` of the key that signed.
    public var key: String
    /// Base64 of 32 bytes.
    public var publicKey: String
    /// Base64 of 64 bytes.
    public var signature: String

    enum CodingKeys: String, CodingKey {
        case statement, signature
        case key = "key_id"
        case publicKey = "public_key"
    }

    public init(statement: String, key: String, publicKey: String, signature: String) {
        self.statement = statement
        self.key = key
        self.publicKey = publicKey
        self.signature = signature
    }

    public var hash: String { StatementHash.of(statement) }

    /// Throws if the text does not have this format.
    public func read() throws(SanitisationFault) -> SanitisationStatement {
        do {
            let read = try JSONDecoder().decode(SanitisationStatement.self, from: Data(statement.utf8))
            guard read.format == SanitisationStatement.currentFormat else {
                throw SanitisationFault("its format is '\(read.format)', which this program does not know")
            }
            let numbers = [read.number, read.restored?.kept ?? 0, read.restored?.number ?? 0]
            guard numbers.allSatisfy(Self.numbers.contains) else {
                throw SanitisationFault("its number is none that a chain can have")
            }
            return read
        } catch let fault as SanitisationFault {
            throw fault
        } catch {
            throw SanitisationFault("it does not hold a statement that can be read")
        }
    }

    /// The end of a chain; nil if the text is not one.
    public var head: ChainHeadStatement? {
        let read = try? JSONDecoder().decode(ChainHeadStatement.self, from: Data(statement.utf8))
        return read.flatMap {
            $0.format == ChainHeadStatement.currentFormat && Self.numbers.contains($0.number) ? $0 : nil
        }
    }

    /// Far more certificates than one host issues in its life, and few enough to continue counting.
    private static let numbers: ClosedRange<Int64> = 0...(1 << 53)

    /// Whether the certificate's key signed its statement and has the stated id. Whether the key is the control plane's
    /// is for the reader to decide.
    var isSigned: Bool {
        guard let raw = Data(base64Encoded: publicKey), let signature = Data(base64Encoded: signature),
            let key = try? Curve25519.Signing.PublicKey(rawRepresentation: raw)
        else { return false }
        return CertificateKey.id(of: key) == self.key
            && key.isValidSignature(signature, for: Array(statement.utf8))
    }
}

/// What is wrong with a certificate, a chain or a folder of keys: the end of a sentence.
public struct SanitisationFault: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}
