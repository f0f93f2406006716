import API
import Model
import Store

/// What a list of secrets is narrowed to, and its order. Names and forms are Barbican's; parameters with other names are ignored.
struct SecretFilter: Sendable {
    private let conditions: [SQL]
    let order: SQL

    private static let texts: [(parameter: QueryParameter<String>, column: SQL)] = [
        (QueryParameter("name", "Secrets of this name"), "s.name"),
        (QueryParameter("alg", "Secrets of this algorithm"), "s.algorithm"),
        (QueryParameter("mode", "Secrets of this mode"), "s.mode"),
        (QueryParameter("secret_type", "Secrets of this type"), "s.type"),
    ]
    private static let bits = QueryParameter<String>("bits", "Secrets of this many bits; 0 is any number")
    private static let times: [(parameter: QueryParameter<String>, column: SQL)] = [
        (QueryParameter("created", "A time in ISO 8601, or several after gt:, gte:, lt: or lte:"), "s.created_at"),
        (QueryParameter("updated", "As created, of the last change"), "s.updated_at"),
        (QueryParameter("expiration", "As created, of the end"), "s.expires_at"),
    ]
    private static let sort = QueryParameter<String>(
        "sort", "Columns, each perhaps with :asc or :desc: created:desc,name")
    private static let columns: [String: SQL] = [
        "algorithm": "s.algorithm", "bit_length": "s.bit_length", "created": "s.created_at",
        "expiration": "s.expires_at", "mode": "s.mode", "name": "s.name", "secret_type": "s.type",
        "updated": "s.updated_at", "status": "s.id",
    ]
    private static let comparisons: [(prefix: String, operation: SQL)] = [
        ("gte:", " >= "), ("gt:", " > "), ("lte:", " <= "), ("lt:", " < "), ("", " = "),
    ]

    static let rules = QueryRules(
        [SecretPage.limitParameter.description, SecretPage.offsetParameter.description]
            + (texts + times).map(\.parameter.description) + [bits.description, sort.description], unknown: .ignore)

    init(_ call: Call) throws(Fault) {
        var conditions: [SQL] = []
        for (parameter, column) in Self.texts {
            guard let text = try call[parameter], !text.isEmpty else { continue }
            conditions.append("\(column) = \(text)")
        }
        // What is no number counts as none given.
        if let count = try call[Self.bits].flatMap({ Int($0) }), count > 0 {
            conditions.append("s.bit_length = \(count)")
        }
        for (parameter, column) in Self.times {
            guard let text = try call[parameter], !text.isEmpty else { continue }
            for part in text.split(separator: ",") {
                conditions.append(try Self.condition(column, String(part), parameter.name))
            }
        }
        self.conditions = conditions
        order = try Self.order(try call[Self.sort] ?? "")
    }

    /// Together with another one.
    func within(_ scope: SQL) -> SQL { conditions.reduce(scope) { $0 + " AND " + $1 } }

    private static func condition(_ column: SQL, _ text: String, _ name: String) throws(Fault) -> SQL {
        for (prefix, operation) in comparisons where text.hasPrefix(prefix) {
            guard let moment = Timestamp(iso: String(text.dropFirst(prefix.count))) else { break }
            return column + operation + "\(moment)"
        }
        throw .badRequest(
            "'\(text.shown)' is no time; '\(name)' must be one in ISO 8601, perhaps after gt:, gte:, lt: or lte:.",
            field: name)
    }

    /// The id at the end makes an order whole, so that pages do not overlap.
    private static func order(_ text: String) throws(Fault) -> SQL {
        var order: SQL = ""
        for part in text.split(separator: ",") {
            let words = part.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            guard words.count <= 2, let column = columns[words[0]],
                ["asc", "desc"].contains(words.last) || words.count == 1
            else {
                throw .badRequest(
                    "'\(part.shown)' is no order; 'sort' takes "
                        + "\(columns.keys.sorted().joined(separator: ", ")), each perhaps with :asc or :desc.",
                    field: "sort")
            }
            order += column
            order += words.count == 2 && words[1] == "desc" ? " DESC, " : ", "
        }
        return (text.isEmpty ? "s.created_at, " : order) + "s.id"
    }
}
