import API
import Model
import Store

/// The filters and the page of a list's query, as conditions of its statement.
///
/// Text columns also accept the comparators `__contains`, `__startswith`, `__endswith` and their case-insensitive forms
/// with `i`. Unknown names are ignored, as clients of the older resources expect.
struct ListFilter: Sendable {
    private(set) var conditions: [SQL] = []
    let limit: Int
    let marker: String?

    init(
        _ call: Call, _ options: IdentityOptions, texts: [String: SQL] = [:], flags: [String: SQL] = [:]
    ) throws(Fault) {
        marker = call.rawQuery.last { $0.name == "marker" }?.value
        if let text = call.rawQuery.last(where: { $0.name == "limit" })?.value {
            guard let asked = Int(text), asked > 0 else {
                throw .badRequest(
                    "'\(text.prefix(80))' is not a positive number, which 'limit' must be.", field: "limit")
            }
            limit = min(asked, options.pageSize)
        } else {
            limit = options.pageSize
        }
        for (name, value) in call.rawQuery {
            if let column = flags[name] {
                guard let flag = Bool(parameter: value) else {
                    throw .badRequest(
                        "'\(value.prefix(80))' is not true or false, which '\(name)' must be.", field: name)
                }
                conditions.append("\(column) = \(flag)")
                continue
            }
            guard let mark = name.firstRange(of: "__") else {
                if let column = texts[name] { conditions.append("\(column) = \(value)") }
                continue
            }
            if let column = texts[String(name[..<mark.lowerBound])],
                let condition = Self.comparison(String(name[mark.upperBound...]), column, value)
            {
                conditions.append(condition)
            }
        }
    }

    mutating func also(_ condition: SQL) { conditions.append(condition) }

    /// ` WHERE …`, or nothing.
    var clause: SQL {
        guard let first = conditions.first else { return "" }
        return conditions.dropFirst().reduce(" WHERE (" + first + ")") { $0 + " AND (" + $1 + ")" }
    }

    /// `select` with the conditions, ordered by `id`, for one page.
    func page<Item>(
        _ select: SQL, by id: SQL, in transaction: any Transaction, _ decode: (borrowing Row) throws -> Item
    ) throws -> Page<Item> where Item: Representation & Identified {
        var filter = self
        if let marker { filter.also("\(id) > \(marker)") }
        var items = try transaction.all(
            select + filter.clause + " ORDER BY \(id) LIMIT \(limit + 1)", decode)
        guard items.count > limit else { return Page(items: items, next: nil) }
        items.removeLast()
        return Page(items: items, next: items.last?.key)
    }

    private static func comparison(_ comparator: String, _ column: SQL, _ value: String) -> SQL? {
        // Part of the text, as PostgreSQL has no form of substr for a parameter of 64 bits.
        let length = SQL(stringLiteral: String(value.unicodeScalars.count))
        let small = value.lowercased()
        switch comparator {
        case "contains": return "length(replace(\(column), \(value), '')) < length(\(column))"
        case "icontains": return "length(replace(lower(\(column)), \(small), '')) < length(\(column))"
        case "startswith": return "substr(\(column), 1, \(length)) = \(value)"
        case "istartswith": return "lower(substr(\(column), 1, \(length))) = \(small)"
        case "endswith":
            return
                "length(\(column)) >= \(length) AND substr(\(column), length(\(column)) - \(length) + 1) = \(value)"
        case "iendswith":
            return
                "length(\(column)) >= \(length) AND lower(substr(\(column), length(\(column)) - \(length) + 1)) = \(small)"
        default: return nil
        }
    }
}

/// Has the id after which a page continues.
protocol Identified {
    var key: String { get }
}
