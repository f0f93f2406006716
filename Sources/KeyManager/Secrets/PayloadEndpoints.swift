import API
import HTTPTypes
import Model
import NIOCore

/// What secrets hold: `/v1/secrets/{secret_id}/payload`, and the PUT of a secret that was stored without.
struct PayloadEndpoints: Sendable {
    let vault: SecretVault
    let options: KeyManagerOptions

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/v1/secrets/\(SecretEndpoints.id)/payload", "Show what a secret holds", query: .anything,
                access: .ruleInHandler("secret:decrypt"), answers: .data("text/plain"), .data(.octetStream),
                .data("application/pkcs8"), faults: [.notAcceptable]
            ) { call in try await show(call) },
            Endpoint(
                .put, "/v1/secrets/\(SecretEndpoints.id)", "Give a secret what it holds", query: .anything,
                body: .stream("text/plain", .octetStream, limit: options.largestSecret * 2),
                access: .ruleInHandler("secret:put"), answers: .empty(), faults: [.conflict]
            ) { (call: Call, body: BodyStream) in try await put(call, body) },
        ]
    }

    private func show(_ call: Call) async throws -> Reply {
        let secret = try await vault.record(try call[SecretEndpoints.id], for: call.caller)
        try call.authorize("secret:decrypt", target: secret.target)
        let payload = try await vault.payload(of: secret)
        let type = try Self.type(of: payload, for: call.headers[.accept])
        var headers: HTTPFields = [:]
        headers[.contentType] = type == .text ? "text/plain; charset=utf-8" : type.rawValue
        headers[.cacheControl] = "no-store"
        return Reply(status: 200, headers: headers, body: .bytes(payload.bytes))
    }

    /// Bytes can be asked for in place of every other form, and text where they are text.
    private static func type(of payload: SecretPayload, for accept: String?) throws(Fault) -> ContentType {
        let wanted = (accept ?? "").split(separator: ",").map { MediaType(String($0)).description }
        if wanted.isEmpty || wanted.contains(where: { $0 == "*/*" }) { return payload.contentType }
        for name in wanted {
            switch ContentType(rawValue: name) {
            case payload.contentType: return payload.contentType
            case .text where String(validating: payload.bytes, as: UTF8.self) != nil: return .text
            case .bytes: return .bytes
            case .pkcs8: return .pkcs8
            case .text, nil: continue
            }
        }
        throw Fault(
            .notAcceptable,
            "The payload is \(payload.contentType.rawValue), and Accept must name that or application/octet-stream.",
            field: "Accept")
    }

    private func put(_ call: Call, _ body: BodyStream) async throws -> Reply {
        let secret = try await vault.record(try call[SecretEndpoints.id], for: call.caller)
        try call.authorize("secret:put", target: secret.target)
        guard secret.contentType == nil else {
            throw Fault.conflict("Secret already has data, cannot modify it.")
        }
        var bytes: [UInt8] = []
        for try await piece in body { bytes += piece.readableBytesView }
        let type = try Self.type(body.mediaType, call.headers)
        switch call.headers[.contentEncoding]?.lowercased() {
        case nil, "binary": break
        case "base64" where type != .text: bytes = try Base64Text.bytes(String(decoding: bytes, as: UTF8.self))
        default:
            throw Fault.badRequest(
                "Content-Encoding must be absent, or base64 for \(ContentType.bytes.rawValue).",
                field: "Content-Encoding")
        }
        guard !bytes.isEmpty else {
            throw Fault.badRequest("The body is empty; it must be the payload.", field: "body")
        }
        guard bytes.count <= options.largestSecret else {
            throw NewSecret.tooLarge(bytes.count, options.largestSecret)
        }
        if type == .text, String(validating: bytes, as: UTF8.self) == nil {
            throw Fault.badRequest("The body is not text in UTF-8, which text/plain must be.", field: "body")
        }
        try await vault.put(SecretPayload(bytes: bytes, contentType: type), in: secret, for: call.caller)
        return .empty()
    }

    private static func type(_ media: MediaType, _ headers: HTTPFields) throws(Fault) -> ContentType {
        guard let type = ContentType(field: headers[.contentType] ?? media.description) else {
            throw Fault(
                .unsupportedMediaType, "Text must be in UTF-8; other payloads are application/octet-stream.",
                field: "Content-Type")
        }
        return type
    }
}
