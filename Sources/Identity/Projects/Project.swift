import API
import Model
import Store

/// A project, or a domain in its form of a project.
struct Project: Representation, Identified {
    static let singular = "project"
    static let plural = "projects"

    let id: ProjectID
    /// Nil for a domain.
    let domain: DomainID?
    let parent: ProjectID?
    /// The ids from the domain to this project: `/default/top/own/`.
    let path: String
    let name: String
    let description: String
    let isEnabled: Bool
    let isDomain: Bool
    /// JSON text, as in the table.
    let tags: String
    let options: String
    let extra: String

    var key: String { id.text }
    var selfPath: String { "projects/\(id)" }
    var isImmutable: Bool { JSONValue(column: options)["immutable"] == .bool(true) }
    /// The ids of its ancestors, the domain first.
    var ancestors: [ProjectID] { path.split(separator: "/").map { ProjectID(String($0)) }.filter { $0 != id } }

    func write(to json: inout JSONWriter) {
        json.member("id", id.text)
        json.member("name", name)
        json.member("domain_id", domain?.text)
        json.member("description", description)
        json.member("enabled", isEnabled)
        json.member("parent_id", parent?.text)
        json.member("is_domain", isDomain)
        json.member("tags", json: tags)
        json.member("options", json: options)
        json.members(of: extra)
    }

    static let columns: SQL = """
        p.id, p.domain_id, p.parent_id, p.path, p.name, p.description, p.enabled, p.is_domain, p.tags, p.options, p.extra
        """

    init(_ row: borrowing Row) throws {
        id = try row[0]
        domain = try row[1]
        parent = try row[2]
        path = try row[3]
        name = try row[4]
        description = try row[5]
        isEnabled = try row[6]
        isDomain = try row[7]
        tags = try row[8]
        options = try row[9]
        extra = try row[10]
    }

    static func page(_ filter: ListFilter, in transaction: any Transaction) throws -> Page<Project> {
        try filter.page("SELECT \(columns) FROM identity_projects p", by: "p.id", in: transaction) { try Project($0) }
    }

    static func find(_ id: ProjectID, in transaction: any Transaction) throws -> Project? {
        try transaction.first("SELECT \(columns) FROM identity_projects p WHERE p.id = \(id)") { try Project($0) }
    }

    /// The attributes for policy rules.
    var target: [String: String] {
        ["target.project.id": id.text, "target.project.domain_id": domain?.text ?? "None"]
    }
}
