import API
import Model
import Store

/// The fields of a project or domain in a body.
struct ProjectDraft: Sendable {
    static let known: Set<String> = [
        "id", "name", "domain_id", "description", "enabled", "parent_id", "is_domain", "tags", "options", "links",
        "explicit_domain_id",
    ]

    let name: String?
    let description: String?
    let isEnabled: Bool?
    let tags: String?
    let options: JSONValue?
    let extras: [JSONValue.Member]

    init(_ fields: Fields, kind: String) throws(Fault) {
        name = try fields.name(of: kind)
        description = fields.text("description")
        isEnabled = fields.flag("enabled")
        tags = fields.elements("tags").map { JSONValue.array($0).encoded }
        options = fields.object("options") == nil ? nil : fields.value("options")
        extras = fields.extras(besides: Self.known)
    }

    static let properties: [ObjectSchema.Property] = [
        .optional("description", .description), .optional("enabled", .boolean), .optional("tags", .tags), .immutable,
    ]

    /// Inserts the row of a new project below `path`, which ends with a slash.
    func insert(
        id: ProjectID, name: String, domain: DomainID?, parent: ProjectID?, path: String,
        _ columns: (options: String, extra: String), in transaction: any Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO identity_projects
                (id, domain_id, parent_id, path, name, description, enabled, is_domain, tags, options, extra)
            VALUES (\(id), \(domain), \(parent), \(path + id.text + "/"), \(name), \(description ?? ""),
                \(isEnabled ?? true), \(domain == nil), \(tags ?? "[]"), \(columns.options), \(columns.extra))
            """)
        try transaction.noteIdentity("project \(id)")
    }

    /// The members without a column, as JSON: those of the body, merged over those of `old`. Throws 400 if that is more
    /// than a project keeps.
    ///
    /// Call it before the transaction that writes it, because it may take long, and other writers wait.
    func merged(over old: Project?) throws(Fault) -> (options: String, extra: String) {
        let options = try (old.map { JSONValue(column: $0.options) } ?? .object([])).merged(
            with: self.options.map(\.members) ?? [])
        let extra = try (old.map { JSONValue(column: $0.extra) } ?? .object([])).merged(with: extras)
        return (options.encoded, extra.encoded)
    }

    /// Replaces values of `old` by those of the body.
    func update(
        _ old: Project, _ columns: (options: String, extra: String), in transaction: any Transaction
    ) throws {
        try transaction.execute(
            """
            UPDATE identity_projects SET name = \(name ?? old.name), description = \(description ?? old.description),
                enabled = \(isEnabled ?? old.isEnabled), tags = \(tags ?? old.tags), options = \(columns.options),
                extra = \(columns.extra)
            WHERE id = \(old.id)
            """)
        try transaction.noteIdentity("project \(old.id)")
    }

    /// Whether the body only resets the option `immutable`.
    var onlyUnlocks: Bool {
        name == nil && description == nil && isEnabled == nil && tags == nil && extras.isEmpty
            && options?["immutable"].map { $0 != .bool(true) } ?? false
    }
}

extension JSONValue {
    var members: [Member] { if case .object(let members) = self { members } else { [] } }
}
