import Conventions
import Model
import Store

/// What limits count: `accelerator_requests` (all requests of a project) and `class:<RC>` (bound ones of a resource class).
enum LimitedResource {
    static let requests = "accelerator_requests"
    static let prefix = "class:"
    static func name(_ resourceClass: ResourceClass) -> String { prefix + "\(resourceClass)" }

    static let usage: LimitCheck.Usage = { resource, projects, transaction in
        var query: SQL = "SELECT COUNT(*) FROM accelerator_requests WHERE project IN \(list: projects)"
        if resource != requests {
            let name = String(resource.dropFirst(prefix.count))
            query += " AND state IN ('Bound', 'BindStarted') AND resource_class = \(name)"
        }
        return try transaction.first(query) { row in try row[0] } ?? 0
    }
}
