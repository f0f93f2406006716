import API
import Model
import Store

/// What is known of a secret, apart from its payload.
struct SecretRecord: Sendable, Equatable {
    let id: SecretID
    let project: ProjectID
    /// Who stored it.
    let creator: UserID?
    let name: String?
    let type: SecretType
    let algorithm: String?
    let bitLength: Int?
    let mode: String?
    /// From when on it cannot be seen any more; nil is never.
    let expires: Timestamp?
    let created: Timestamp
    let updated: Timestamp
    /// Of the payload; nil where there is none yet.
    let contentType: ContentType?

    /// For `FROM key_manager_secrets s LEFT JOIN key_manager_payloads p ON p.secret = s.id`.
    static let columns: SQL = """
        s.id, s.project, s.creator, s.name, s.type, s.algorithm, s.bit_length, s.mode, s.expires_at, s.created_at,
        s.updated_at, p.content_type
        """
}

extension SecretRecord {
    init(_ row: borrowing Row) throws {
        id = try row[0]
        project = try row[1]
        creator = try row[2]
        name = try row[3]
        type = try row.word(4)
        algorithm = try row[5]
        bitLength = try row[6]
        mode = try row[7]
        expires = try row[8]
        created = try row[9]
        updated = try row[10]
        let form: String? = try row[11]
        if form == nil {
            contentType = nil
        } else {
            contentType = try row.word(11)
        }
    }

    /// What the policy's rules see of it.
    var target: PolicyTarget {
        var attributes = [
            "target.secret.project_id": project.text,
            // There are no access lists, so that no secret is private to its creator.
            "target.secret.read_project_access": "True",
        ]
        attributes["target.secret.creator_id"] = creator?.text
        return PolicyTarget(attributes)
    }
}
