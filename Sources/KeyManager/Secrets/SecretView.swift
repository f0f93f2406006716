import Conventions
import Model

/// A secret on the wire, without its payload.
struct SecretView: Codable, Sendable {
    @OrNull var name: String?
    @OrNull var algorithm: String?
    @OrNull var bitLength: Int?
    @OrNull var mode: String?
    @OrNull var creator: String?
    @OrNull var expiration: String?
    let reference: String
    let type: String
    let status: String
    let created: String
    let updated: String
    /// Left out where there is no payload.
    let contentTypes: ContentTypes?

    enum CodingKeys: String, CodingKey {
        case name, algorithm, mode, expiration, status, created, updated
        case bitLength = "bit_length"
        case creator = "creator_id"
        case reference = "secret_ref"
        case type = "secret_type"
        case contentTypes = "content_types"
    }

    struct ContentTypes: Codable, Sendable {
        let standard: String

        enum CodingKeys: String, CodingKey {
            case standard = "default"
        }
    }

    init(_ secret: SecretRecord, _ address: SecretAddress) {
        name = secret.name
        algorithm = secret.algorithm
        bitLength = secret.bitLength
        mode = secret.mode
        creator = secret.creator?.text
        expiration = secret.expires?.isoMicroseconds
        reference = address.of(secret.id)
        type = secret.type.rawValue
        // There are no others: a secret without a payload is active, too.
        status = "ACTIVE"
        created = secret.created.isoMicroseconds
        updated = secret.updated.isoMicroseconds
        contentTypes = secret.contentType.map { ContentTypes(standard: $0.rawValue) }
    }
}

/// A page of secrets on the wire.
struct SecretListView: Codable, Sendable {
    let secrets: [SecretView]
    let total: Int
    let next: String?
    let previous: String?
}

/// What a new secret is answered with.
struct SecretReference: Codable, Sendable {
    let reference: String

    enum CodingKeys: String, CodingKey {
        case reference = "secret_ref"
    }
}
