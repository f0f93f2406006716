import Crypto
import Model

/// The digest that data must have, by what a client says.
struct ExpectedHash: Codable, Sendable, Equatable {
    enum Algorithm: String, Codable, Sendable, CaseIterable {
        case md5, sha1, sha256, sha512

        /// In bytes.
        var length: Int {
            switch self {
            case .md5: 16
            case .sha1: 20
            case .sha256: 32
            case .sha512: 64
            }
        }

        var function: any HashFunction & Sendable {
            switch self {
            case .md5: Insecure.MD5()
            case .sha1: Insecure.SHA1()
            case .sha256: SHA256()
            case .sha512: SHA512()
            }
        }
    }

    let algorithm: Algorithm
    /// Hexadecimal digits in lower case.
    let value: String

    /// Throws 400 for what is no hexadecimal value of the algorithm's length.
    init(_ algorithm: Algorithm, _ value: String) throws(Fault) {
        let digits = value.lowercased()
        guard digits.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) else {
            throw .badRequest(
                "os_hash_value (\(value.shown)) is not a valid hexadecimal value",
                field: "validation_data.os_hash_value")
        }
        guard digits.utf8.count == 2 * algorithm.length else {
            throw .badRequest(
                "os_hash_value: (\(value.shown)) is not the correct size for (\(algorithm.rawValue)) (should be "
                    + "(\(algorithm.length)) bytes)", field: "validation_data.os_hash_value")
        }
        self.algorithm = algorithm
        self.value = digits
    }
}
