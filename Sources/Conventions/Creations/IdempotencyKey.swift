import API
import Crypto
import FoundationEssentials
import HTTPTypes
import Model

/// What tells one request from another that says the same: the key that its sender chose, and what the request asks for.
struct IdempotencyKey: Sendable, Equatable {
    static let header = "Idempotency-Key"
    private static let longest = 255

    /// What an endpoint says of it that heeds it from a version on; nil where it always did.
    static func parameter(since version: APIVersion?) -> HeaderParameter {
        HeaderParameter(
            header,
            "Chosen by the client, such as a UUID: within 24 hours the same key with the same body gets the first response again, "
                + "and with another body 422",
            schema: .text(minLength: 1, maxLength: longest, pattern: "^[!-~]+$", format: nil), since: version)
    }

    /// What marks the first response where it is sent again.
    static let replayed = HTTPField.Name("Idempotent-Replayed")

    let text: String
    /// Whose key it is: keys of two projects have nothing to do with each other.
    let owner: String
    /// SHA-256 over method, path, version and body, whatever the order of the body's members.
    let digest: String

    /// Nil where the call has none. Throws 400 where it is empty, too long, or not of visible ASCII characters.
    init?(_ call: Call, method: HTTPRequest.Method, body: JSONValue) throws(Fault) {
        guard let text = HTTPField.Name(Self.header).flatMap({ call.headers[$0] }) else { return nil }
        guard (1...Self.longest).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw .badRequest(
                "\(Self.header) must be 1 to \(Self.longest) visible ASCII characters, such as a UUID.",
                field: Self.header)
        }
        guard let owner = call.caller.project.map({ "project \($0)" }) ?? call.caller.user.map({ "user \($0)" }) else {
            throw .badRequest(
                "\(Self.header) needs a token of a project or a user.", field: Self.header)
        }
        self.text = text
        self.owner = owner
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let canonical = try? encoder.encode(body) else { throw .internalError("a body cannot be written again") }
        var hash = SHA256()
        hash.update(data: Data("\(method) \(call.path) \(call.version)\n".utf8))
        hash.update(data: canonical)
        digest = Hexadecimal.text(of: hash.finalize())
    }
}
