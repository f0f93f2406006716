import Crypto
import FoundationEssentials
import Model

/// Signs requests by version 4 of Amazon's signatures (`AWS4-HMAC-SHA256`), as every S3-compatible store checks them. Pure.
struct RequestSigner: Sendable {
    let credentials: ObjectCredentials
    let region: String
    var service = "s3"

    private static let algorithm = "AWS4-HMAC-SHA256"
    /// What stands for the digest of a body that is not signed.
    static let unsignedPayload = "UNSIGNED-PAYLOAD"

    /// The value of the header `Authorization`. The headers of `request` have `x-amz-date` among them.
    func authorization(of request: SignableRequest, at now: Timestamp) -> String {
        "\(Self.algorithm) Credential=\(credentials.accessKey)/\(scope(at: now)), "
            + "SignedHeaders=\(request.signedNames), Signature=\(signature(of: request, at: now))"
    }

    /// The query with which anybody may send the request until `lifetime` has passed.
    func query(of request: SignableRequest, at now: Timestamp, lifetime: Duration) -> String {
        let added: [(name: String, value: String)] = [
            ("X-Amz-Algorithm", Self.algorithm), ("X-Amz-Credential", "\(credentials.accessKey)/\(scope(at: now))"),
            ("X-Amz-Date", Self.moment(now)), ("X-Amz-Expires", "\(lifetime.components.seconds)"),
            ("X-Amz-SignedHeaders", request.signedNames),
        ]
        let query = request.query + added
        let signed = SignableRequest(
            method: request.method, path: request.path, query: query, headers: request.headers,
            payload: request.payload)
        return "\(SignableRequest.text(of: query))&X-Amz-Signature=\(signature(of: signed, at: now))"
    }

    private func signature(of request: SignableRequest, at now: Timestamp) -> String {
        let text =
            "\(Self.algorithm)\n\(Self.moment(now))\n\(scope(at: now))\n"
            + Hexadecimal.text(of: SHA256.hash(data: Data(request.canonical.utf8)))
        var key = Data("AWS4\(credentials.secretKey.revealed)".utf8)
        for part in [Self.day(now), region, service, "aws4_request"] { key = Self.code(part, key) }
        return Hexadecimal.text(of: Self.code(text, key))
    }

    private func scope(at now: Timestamp) -> String { "\(Self.day(now))/\(region)/\(service)/aws4_request" }

    private static func code(_ text: String, _ key: Data) -> Data {
        Data(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: SymmetricKey(data: key)))
    }

    /// `20261130T202601Z`.
    static func moment(_ now: Timestamp) -> String {
        let civil = now.civil
        return "\(day(now))T\(two(civil.hour))\(two(civil.minute))\(two(civil.second))Z"
    }

    private static func day(_ now: Timestamp) -> String {
        let civil = now.civil
        return "\(civil.year)\(two(civil.month))\(two(civil.day))"
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
