import Crypto
import Foundation

/// Checks a signature of version 4 from what arrived on the wire, and shares no code with what signs.
struct SignatureCheck {
    let accessKey: String
    let secretKey: String

    /// Nil where the request is signed as it should be; otherwise the store's word for what is wrong.
    func fault(of request: PlayedRequest) -> String? {
        request.parameter("X-Amz-Signature") == nil ? headerFault(request) : queryFault(request)
    }

    private func headerFault(_ request: PlayedRequest) -> String? {
        guard let header = request.headers["authorization"], header.hasPrefix("AWS4-HMAC-SHA256 ") else {
            return "AccessDenied"
        }
        var fields: [String: String] = [:]
        for part in header.dropFirst("AWS4-HMAC-SHA256 ".count).components(separatedBy: ", ") {
            let halves = part.split(separator: "=", maxSplits: 1).map(String.init)
            if halves.count == 2 { fields[halves[0]] = halves[1] }
        }
        guard let credential = fields["Credential"], let names = fields["SignedHeaders"],
            let signature = fields["Signature"], let date = request.headers["x-amz-date"],
            let payload = request.headers["x-amz-content-sha256"]
        else { return "AuthorizationHeaderMalformed" }
        guard hex(SHA256.hash(data: request.body)) == payload else { return "XAmzContentSHA256Mismatch" }
        return check(request, credential, names, signature, date, payload, request.query)
    }

    private func queryFault(_ request: PlayedRequest) -> String? {
        guard let credential = request.parameter("X-Amz-Credential"),
            let names = request.parameter("X-Amz-SignedHeaders"),
            let signature = request.parameter("X-Amz-Signature"), let date = request.parameter("X-Amz-Date")
        else { return "AuthorizationQueryParametersError" }
        return check(
            request, credential, names, signature, date, "UNSIGNED-PAYLOAD",
            request.query.filter { $0.name != "X-Amz-Signature" })
    }

    private func check(
        _ request: PlayedRequest, _ credential: String, _ names: String, _ signature: String, _ date: String,
        _ payload: String, _ query: [(name: String, value: String)]
    ) -> String? {
        let scope = credential.components(separatedBy: "/")
        guard scope.count == 5, scope[0] == accessKey else { return "InvalidAccessKeyId" }
        let pairs = query.map { "\(escaped($0.name))=\(escaped($0.value))" }.sorted()
        var canonical = "\(request.method)\n\(request.path)\n\(pairs.joined(separator: "&"))\n"
        for name in names.components(separatedBy: ";") {
            guard let value = request.headers[name] else { return "AccessDenied" }
            canonical += "\(name):\(value)\n"
        }
        canonical += "\n\(names)\n\(payload)"
        let text =
            "AWS4-HMAC-SHA256\n\(date)\n\(scope.dropFirst().joined(separator: "/"))\n"
            + hex(SHA256.hash(data: Data(canonical.utf8)))
        var key = SymmetricKey(data: Data("AWS4\(secretKey)".utf8))
        for part in scope.dropFirst() {
            key = SymmetricKey(data: Data(HMAC<SHA256>.authenticationCode(for: Data(part.utf8), using: key)))
        }
        let right = hex(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key))
        return right == signature ? nil : "SignatureDoesNotMatch"
    }

    private func escaped(_ text: String) -> String {
        let free = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        return text.addingPercentEncoding(withAllowedCharacters: free) ?? text
    }

    private func hex(_ bytes: some Sequence<UInt8>) -> String { bytes.map { String(format: "%02x", $0) }.joined() }
}
