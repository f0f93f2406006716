import API
import Model
import Store

/// A kind of request that an application credential may be used for.
struct AccessRule: Representation, Identified {
    static let singular = "access_rule"
    static let plural = "access_rules"

    let id: AccessRuleID
    let user: UserID
    let service: String
    let method: String
    let path: String

    var key: String { id.text }
    var selfPath: String { "users/\(user)/access_rules/\(id)" }

    func write(to json: inout JSONWriter) {
        json.member("id", id.text)
        json.member("service", service)
        json.member("method", method)
        json.member("path", path)
    }

    static let columns: SQL = "l.id, l.user_id, l.service, l.method, l.path"

    init(_ row: borrowing Row) throws {
        id = try row[0]
        user = try row[1]
        service = try row[2]
        method = try row[3]
        path = try row[4]
    }

    /// The rules of several credentials, each with its credential.
    static func all(
        of credentials: [ApplicationCredentialID], in transaction: any Transaction
    ) throws -> [ApplicationCredentialID: [AccessRule]] {
        guard !credentials.isEmpty else { return [:] }
        var rules: [ApplicationCredentialID: [AccessRule]] = [:]
        try transaction.forEach(
            """
            SELECT \(columns), c.credential_id FROM identity_access_rules l
            JOIN identity_credential_rules c ON c.rule_id = l.id WHERE c.credential_id IN \(list: credentials)
            ORDER BY l.service, l.path, l.method
            """
        ) { row in rules[try row[5], default: []].append(try AccessRule(row)) }
        return rules
    }

    static func find(_ id: AccessRuleID, of user: UserID, in transaction: any Transaction) throws -> AccessRule? {
        try transaction.first(
            "SELECT \(columns) FROM identity_access_rules l WHERE l.id = \(id) AND l.user_id = \(user)"
        ) { try AccessRule($0) }
    }
}

enum AccessRuleKind {}
typealias AccessRuleID = NameID<AccessRuleKind>
