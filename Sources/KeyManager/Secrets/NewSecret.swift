import API
import Model

/// The body of a new secret.
struct NewSecret: Decodable, Sendable {
    let name: String?
    let algorithm: String?
    let mode: String?
    let bitLength: Int?
    let expiration: String?
    let type: String?
    let payload: String?
    let payloadType: String?
    let payloadEncoding: String?

    enum CodingKeys: String, CodingKey {
        case name, algorithm, mode, expiration, payload
        case bitLength = "bit_length"
        case type = "secret_type"
        case payloadType = "payload_content_type"
        case payloadEncoding = "payload_content_encoding"
    }

    /// The record that it asks for.
    func record(_ id: SecretID, of project: ProjectID, by creator: UserID?, at now: Timestamp) throws(Fault)
        -> SecretRecord
    {
        guard let type = SecretType(rawValue: type ?? SecretType.opaque.rawValue) else {
            let names = SecretType.allCases.map(\.rawValue).joined(separator: ", ")
            throw .badRequest("'secret_type' must be one of \(names).", field: "secret_type")
        }
        return SecretRecord(
            id: id, project: project, creator: creator, name: name, type: type, algorithm: algorithm,
            bitLength: bitLength, mode: mode, expires: try expires(at: now), created: now, updated: now,
            contentType: try contentType())
    }

    /// Nil for a secret that gets its payload later.
    ///
    /// - Parameter most: bytes
    func content(most: Int) throws(Fault) -> SecretPayload? {
        guard let payload, let type = try contentType() else { return nil }
        guard !payload.allSatisfy(\.isWhitespace) else {
            throw .badRequest("If 'payload' is given, it must not be empty.", field: "payload")
        }
        let bytes: [UInt8]
        if type == .text {
            bytes = Array(payload.utf8)
        } else {
            bytes = try Base64Text.bytes(payload)
        }
        guard bytes.count <= most else { throw Self.tooLarge(bytes.count, most) }
        return SecretPayload(bytes: bytes, contentType: type)
    }

    static func tooLarge(_ count: Int, _ most: Int) -> Fault {
        Fault(.tooLarge, "The payload has \(count) bytes; at most \(most) can be stored.", field: "payload")
    }

    /// Throws 400 where type and encoding do not belong together.
    private func contentType() throws(Fault) -> ContentType? {
        guard payload != nil else {
            guard payloadType == nil else {
                throw .badRequest(
                    "A 'payload' must be given where 'payload_content_type' is; a secret without one gets its payload by PUT.",
                    field: "payload")
            }
            return nil
        }
        guard let payloadType else {
            throw .badRequest(
                "'payload_content_type' must be given with a payload, as one of \(ContentType.names).",
                field: "payload_content_type")
        }
        guard let type = ContentType(field: payloadType) else {
            throw .badRequest(
                "'\(payloadType.shown)' cannot be stored; 'payload_content_type' must be one of \(ContentType.names).",
                field: "payload_content_type")
        }
        if type == .text, payloadEncoding != nil {
            throw .badRequest(
                "'payload_content_encoding' must not be given with text/plain.", field: "payload_content_encoding")
        }
        if type != .text, payloadEncoding == nil {
            throw .badRequest(
                "'payload_content_encoding' must be 'base64' with \(type.rawValue).", field: "payload_content_encoding")
        }
        return type
    }

    private func expires(at now: Timestamp) throws(Fault) -> Timestamp? {
        guard let expiration else { return nil }
        let text = String(expiration.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        guard !text.isEmpty else { return nil }
        guard let moment = Timestamp(iso: text) ?? Timestamp(iso: "\(text)T00:00:00") else {
            throw .badRequest(
                "'\(text.shown)' is no time; 'expiration' must be one in ISO 8601, such as 2030-01-31T12:00:00.",
                field: "expiration")
        }
        guard moment > now else {
            throw .badRequest("'expiration' must be in the future, and \(text.shown) is past.", field: "expiration")
        }
        return moment
    }
}

extension NewSecret: SchemaProviding {
    private static let label = Schema.text(minLength: nil, maxLength: 255, pattern: nil, format: nil)

    static let schema = Schema.object(
        ObjectSchema(
            [
                .init("name", .nullable(label), required: false), .init("algorithm", label, required: false),
                .init("mode", label, required: false),
                .init("bit_length", .integerRange(1, 32_767), required: false),
                .init("expiration", label, required: false), .init("payload", .string, required: false),
                .init("secret_type", .oneOfTexts(SecretType.allCases.map(\.rawValue)), required: false),
                .init("payload_content_type", .nullable(label), required: false),
                .init("payload_content_encoding", .oneOfTexts(["base64"]), required: false),
            ], others: .ignored))
}
