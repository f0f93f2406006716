import API
import Model

/// Where secrets are, as the caller sees this service.
struct SecretAddress: Sendable {
    let base: String

    init(_ call: Call) {
        base = "\(call.origin)\(call.mount)/v1"
    }

    func of(_ id: SecretID) -> String { "\(base)/secrets/\(id)" }

    /// Of a part of the list.
    func list(limit: Int, offset: Int, _ query: [(name: String, value: String)]) -> String {
        let parameters = [(name: "limit", value: "\(limit)"), (name: "offset", value: "\(offset)")] + query
        let text = parameters.map { "\($0.name.percentEncoded)=\($0.value.percentEncoded)" }.joined(separator: "&")
        return "\(base)/secrets?\(text)"
    }
}
