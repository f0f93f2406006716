import API
import Model
import Store

/// The `filters.field=F&filters.value=V` form of list queries: conditions, order and limit, as SQL.
struct ListFilter: Sendable {
    /// Fields by their wire names: the column, and whether it holds a number.
    struct Field: Sendable {
        let column: SQL
        let isNumber: Bool

        init(_ column: SQL, number: Bool = false) {
            self.column = column
            isNumber = number
        }
    }

    static let field = QueryParameter<String>(
        "filters.field", "The field that `filters.value` is about", repeatable: true)
    static let value = QueryParameter<String>("filters.value", "The value the field must have", repeatable: true)

    private(set) var conditions: SQL = "1 = 1"
    private(set) var order: SQL
    private(set) var limit: SQL = ""
    /// Whether it neither cuts nor orders the list, so that the list can be paged.
    let isPlain: Bool

    /// `number` is the column that lists are ordered by, and that `marker` looks up in `table`.
    init(_ call: Call, fields: [String: Field], table: SQL, number: SQL = "number") throws(Fault) {
        let names = try call[all: Self.field]
        let values = try call[all: Self.value]
        guard names.count == values.count else {
            throw .badRequest(
                "Every 'filters.field' needs one 'filters.value'; there are \(names.count) and \(values.count).",
                field: "filters.field")
        }
        isPlain = names.allSatisfy { !["limit", "marker", "sort_key", "sort_dir"].contains($0) }
        var sortKey = number
        var direction: SQL = "ASC"
        for (name, value) in zip(names, values) {
            switch name {
            case "limit":
                guard let count = Int(value), count >= 0 else {
                    throw .badRequest("'\(value.shown)' is not a whole number, which 'limit' must be.", field: "limit")
                }
                limit = " LIMIT \(count)"
            case "marker":
                conditions += " AND \(number) > (SELECT number FROM \(table) WHERE uuid = \(value.lowercased()))"
            case "sort_key":
                guard let field = fields[value] else { throw Self.unknown(value, fields) }
                sortKey = field.column
            case "sort_dir":
                guard value == "asc" || value == "desc" else {
                    throw .badRequest("'sort_dir' must be asc or desc, not '\(value.shown)'.", field: "sort_dir")
                }
                direction = value == "asc" ? "ASC" : "DESC"
            default:
                guard let field = fields[name] else { throw Self.unknown(name, fields) }
                if field.isNumber {
                    guard let amount = Int64(value) else {
                        throw .badRequest(
                            "'\(value.shown)' is not a whole number, which '\(name)' must be.", field: name)
                    }
                    conditions += " AND \(field.column) = \(amount)"
                } else {
                    conditions += " AND \(field.column) = \(value)"
                }
            }
        }
        order = " ORDER BY \(sortKey) \(direction), \(number)"
    }

    private static func unknown(_ name: String, _ fields: [String: Field]) -> Fault {
        let known = (fields.keys + ["limit", "marker", "sort_dir", "sort_key"]).sorted().joined(separator: ", ")
        return .badRequest("There is no filter '\(name.shown)'; there are: \(known).", field: "filters.field")
    }
}
