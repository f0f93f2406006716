import Model

/// What is wrong with the properties of an image that describe its signature.
public enum SignaturePropertyFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// Some are there and these are not.
    case missing([String])
    case empty(String)
    case notBase64
    case unknownHash(String)
    case unknownKeyType(String)
    /// DSA, and curves over binary fields.
    case refusedKeyType(String)

    public var description: String {
        switch self {
        case .missing(let names):
            let list = names.map { "'\($0)'" }.joined(separator: ", ")
            return "an image with a signature must have all of its properties, and \(list) are missing"
        case .empty(let name): return "'\(name)' must not be empty"
        case .notBase64: return "'\(SignatureProperties.Name.signature)' must be base64"
        case .unknownHash(let name):
            let names = SignatureHash.allCases.map(\.rawValue).joined(separator: ", ")
            return "'\(SignatureProperties.Name.hash)' must be one of \(names), and is '\(name.shown)'"
        case .unknownKeyType(let name):
            let names = SignatureKeyType.allCases.map(\.rawValue).joined(separator: ", ")
            return "'\(SignatureProperties.Name.keyType)' must be one of \(names), and is '\(name.shown)'"
        case .refusedKeyType(let name):
            return
                "signatures with keys of the type \(name.shown) are not accepted; use RSA-PSS or a curve over a prime"
        }
    }
}
