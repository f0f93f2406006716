/// The hash of an image's data: an algorithm and the digits. It tells one content from another, so only algorithms count for which
/// nobody can make two contents of one hash.
public struct ImageDigest: Sendable, Codable, Hashable {
    public enum Algorithm: String, Sendable, Codable, CaseIterable {
        case sha256
        case sha384
        case sha512

        var length: Int {
            switch self {
            case .sha256: 64
            case .sha384: 96
            case .sha512: 128
            }
        }
    }

    public let algorithm: Algorithm
    /// Hexadecimal digits in lower case.
    public let value: String

    /// Nil for what is no hash of that algorithm, so that a hash can name a file.
    public init?(_ algorithm: String, _ value: String) {
        guard let algorithm = Algorithm(rawValue: algorithm.lowercased()) else { return nil }
        let digits = value.lowercased()
        guard digits.utf8.count == algorithm.length, digits.utf8.allSatisfy(Self.isDigit) else { return nil }
        self.algorithm = algorithm
        self.value = digits
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let named = try container.decode(String.self, forKey: .algorithm)
        guard let digest = ImageDigest(named, try container.decode(String.self, forKey: .value)) else {
            throw DecodingError.dataCorruptedError(
                forKey: .value, in: container, debugDescription: "the hash is not one of sha256, sha384 or sha512")
        }
        self = digest
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) || (97...102).contains(byte) }
}
