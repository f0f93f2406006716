import API
import Model
import Store

/// The new application credential in a body, checked against the caller's token.
struct ApplicationCredentialDraft: Sendable {
    let name: String
    let description: String?
    /// Nil if the service generates it.
    let secret: Secret?
    let expires: Timestamp?
    let isUnrestricted: Bool
    let roles: [RoleID]
    let rules: [Rule]

    /// One of the user's rules, by its id, or a new rule.
    enum Rule: Sendable {
        case known(AccessRuleID)
        case new(service: String, method: String, path: String)

        /// Returns the id of the user's rule, and creates the rule if the user does not have it.
        func store(
            for user: UserID, as fresh: AccessRuleID, in transaction: any Transaction
        ) throws -> AccessRuleID {
            switch self {
            case .known(let id):
                guard try AccessRule.find(id, of: user, in: transaction) != nil else {
                    throw Fault.missing("access rule", id)
                }
                return id
            case .new(let service, let method, let path):
                try transaction.execute(
                    """
                    INSERT INTO identity_access_rules (id, user_id, service, method, path)
                    VALUES (\(fresh), \(user), \(service), \(method), \(path))
                    ON CONFLICT (user_id, service, method, path) DO NOTHING
                    """)
                return try transaction.first(
                    """
                    SELECT id FROM identity_access_rules WHERE user_id = \(user) AND service = \(service)
                        AND method = \(method) AND path = \(path)
                    """
                ) { row in try row[0] } ?? fresh
            }
        }
    }

    init(_ fields: Fields, _ facts: TokenFacts, at now: Timestamp) throws(Fault) {
        name = try fields.name(of: "application_credential") ?? ""
        description = fields.text("description")
        secret = fields.text("secret").map { Secret($0) }
        isUnrestricted = fields.flag("unrestricted") ?? false
        expires = try Self.expiry(fields.text("expires_at"), now)
        roles = try Self.roles(fields.elements("roles") ?? [], facts)
        var rules: [Rule] = []
        for element in fields.elements("access_rules") ?? [] { rules.append(try Self.rule(Fields(element))) }
        self.rules = rules
    }

    private static func expiry(_ text: String?, _ now: Timestamp) throws(Fault) -> Timestamp? {
        guard let text else { return nil }
        guard let moment = Timestamp(iso: text) else {
            throw .badRequest(
                "'\(text.prefix(80))' is not a time in the form 2030-12-31T23:59:59, which 'expires_at' must be.",
                field: "application_credential.expires_at")
        }
        guard now < moment else {
            throw .badRequest("'expires_at' must lie in the future.", field: "application_credential.expires_at")
        }
        return moment
    }

    /// Without names, all roles of the token.
    private static func roles(_ asked: [JSONValue], _ facts: TokenFacts) throws(Fault) -> [RoleID] {
        guard !asked.isEmpty else { return facts.roles.map(\.id) }
        var roles: [RoleID] = []
        for element in asked {
            let fields = Fields(element)
            let (id, name) = (fields.text("id"), fields.text("name"))
            guard let role = facts.roles.first(where: { id == nil ? $0.name == name : $0.id.text == id }) else {
                throw .badRequest(
                    "Invalid application credential: the role '\((id ?? name ?? "").prefix(80))' is not among the "
                        + "roles of the token that asks.", field: "application_credential.roles")
            }
            if !roles.contains(role.id) { roles.append(role.id) }
        }
        return roles
    }

    private static func rule(_ fields: Fields) throws(Fault) -> Rule {
        if let id: AccessRuleID = fields.id("id") { return .known(id) }
        guard let service = fields.text("service"), let method = fields.text("method"), let path = fields.text("path")
        else {
            throw .badRequest(
                "An access rule must have an id, or a service, a method and a path.",
                field: "application_credential.access_rules")
        }
        return .new(service: service, method: method, path: path)
    }

    static let schema: Schema = {
        let role = Schema.object(
            ObjectSchema(
                [.optional("id", .identifier), .optional("name", .resourceName)], others: .ignored, minProperties: 1))
        let rule = Schema.object(
            ObjectSchema(
                [
                    .optional("id", .identifier), .optional("service", .resourceName),
                    .optional(
                        "method", .oneOfTexts(["POST", "GET", "HEAD", "PATCH", "PUT", "DELETE", "OPTIONS"])),
                    .optional("path", .text(minLength: 1, maxLength: 255, pattern: "^/.*$", format: nil)),
                ], minProperties: 1))
        return .wrapped(
            "application_credential",
            [
                .required("name", .resourceName), .optional("description", .description),
                .optional("secret", .nullable(.text(minLength: 1, maxLength: 4096, pattern: nil, format: "password"))),
                .optional("expires_at", .nullable(.string)), .optional("unrestricted", .nullable(.boolean)),
                .optional("project_id", .optionalIdentifier),
                .optional("roles", .nullable(.array(of: role, minItems: nil, maxItems: 256, unique: false))),
                .optional("access_rules", .nullable(.array(of: rule, minItems: nil, maxItems: 256, unique: false))),
            ])
    }()
}
