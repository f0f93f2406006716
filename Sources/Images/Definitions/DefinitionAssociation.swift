import Model
import Store

/// That the properties of a namespace are for one type of resources.
struct DefinitionAssociation: Sendable, Equatable {
    let type: String
    /// Stands before the names of properties where this type has them.
    let prefix: String?
    /// Which of several kinds of metadata of the resource: `image`, `user`.
    let target: String?
    let created: Timestamp
    let updated: Timestamp

    /// For `FROM definition_associations a`.
    static let columns: SQL = "a.type, a.prefix, a.target, a.created_at, a.updated_at"

    /// - Parameter body: valid by the form of associations
    init(_ body: JSONValue, at now: Timestamp) {
        type = body.text("name") ?? ""
        prefix = body.text("prefix")
        target = body.text("properties_target")
        created = now
        updated = now
    }

    init(_ row: borrowing Row, from first: Int = 0) throws {
        type = try row[first]
        prefix = try row[first + 1]
        target = try row[first + 2]
        created = try row[first + 3]
        updated = try row[first + 4]
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("name", type)
            if let prefix { json.member("prefix", prefix) }
            if let target { json.member("properties_target", target) }
            json.member("created_at", created.wire)
            json.member("updated_at", updated.wire)
        }
    }
}
