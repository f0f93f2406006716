import API
import Conventions
import Model
import Sanitisation
import Store

/// A sanitisation certificate on the wire, from 2.4. What counts is the signed text in `statement`; the fields beside it are for finding.
struct CertificateView: Codable, Sendable {
    let uuid: String
    let hostname: String
    let number: Int64
    let device: String
    let handle: String
    let result: String
    let issuedAt: String
    let statement: String
    let hash: String
    let key: String
    let publicKey: String
    let signature: String

    enum CodingKeys: String, CodingKey {
        case uuid, hostname, number, result, statement, hash, signature
        case device = "device_uuid"
        case handle = "attach_handle_uuid"
        case issuedAt = "issued_at"
        case key = "key_id"
        case publicKey = "public_key"
    }

    static let columns: SQL = """
        c.uuid, c.host, c.number, c.device, c.handle, c.result, c.issued_at, c.statement, c.hash, c.key_id, c.public_key,
        c.signature
        """

    init(_ row: borrowing Row) throws {
        uuid = try row[0]
        hostname = try row[1]
        number = try row[2]
        device = try row[3]
        handle = try row[4]
        result = try row[5]
        issuedAt = (try row[6] as Timestamp).isoOffset
        statement = try row[7]
        hash = try row[8]
        key = try row[9]
        publicKey = try row[10]
        signature = try row[11]
    }
}

struct CertificateListView: Codable, Sendable {
    let certificates: [CertificateView]
    let pages: [WebLink]?

    enum CodingKeys: String, CodingKey {
        case certificates
        case pages = "certificates_links"
    }
}

/// The keys that certificates are signed with, the present one first.
struct CertificateKeyListView: Codable, Sendable {
    let keys: [KeyView]

    struct KeyView: Codable, Sendable {
        let id: String
        let publicKey: String

        enum CodingKeys: String, CodingKey {
            case id
            case publicKey = "public_key"
        }
    }

    init(_ keys: [CertificateKey]) {
        self.keys = keys.map { KeyView(id: $0.id, publicKey: $0.publicKey) }
    }
}
