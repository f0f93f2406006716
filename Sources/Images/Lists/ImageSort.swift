import API
import Model
import Store

/// The order of a list: keys with directions, which end with the id so that no two images are equal.
struct ImageSort: Sendable {
    struct Term: Sendable, Equatable {
        let key: Key
        let isAscending: Bool
    }

    enum Key: String, Sendable, CaseIterable {
        case name, status, size, id
        case containerFormat = "container_format"
        case diskFormat = "disk_format"
        case created = "created_at"
        case updated = "updated_at"

        /// Never null: the engines put nulls at different ends.
        var column: SQL {
            switch self {
            case .name: "COALESCE(i.name, '')"
            case .status: "i.status"
            case .size: "COALESCE(i.size, -1)"
            case .id: "i.id"
            case .containerFormat: "COALESCE(i.container_format, '')"
            case .diskFormat: "COALESCE(i.disk_format, '')"
            case .created: "i.created_at"
            case .updated: "i.updated_at"
            }
        }

        func value(of image: Image) -> SQL {
            switch self {
            case .name: "\(image.name ?? "")"
            case .status: "\(image.status.rawValue)"
            case .size: "\(image.size ?? -1)"
            case .id: "\(image.id)"
            case .containerFormat: "\(image.containerFormat ?? "")"
            case .diskFormat: "\(image.diskFormat ?? "")"
            case .created: "\(image.created)"
            case .updated: "\(image.updated)"
            }
        }
    }

    let terms: [Term]

    static let newOrder = QueryParameter<String>("sort", "`KEY:DIRECTION`, several separated by commas")
    static let keys = QueryParameter<String>(
        "sort_key", "One of \(Key.allCases.map(\.rawValue).joined(separator: ", "))", repeatable: true)
    static let directions = QueryParameter<String>(
        "sort_dir", "asc or desc: one for all keys, or one for each", repeatable: true)

    /// Reads either syntax. Throws 400 for both together, unknown keys and directions, and numbers that do not match.
    init(_ call: Call) throws(Fault) {
        var terms: [Term] = []
        var last = false
        let keys = try call[all: Self.keys]
        let directions = try call[all: Self.directions]
        if let order = try call[Self.newOrder] {
            guard keys.isEmpty, directions.isEmpty else {
                throw .badRequest("Old and new sorting syntax cannot be combined", field: "sort")
            }
            for part in order.split(separator: ",", omittingEmptySubsequences: false) {
                let words = part.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                var isAscending = false
                if words.count == 2, !words[1].isEmpty { isAscending = try Self.isAscending(String(words[1])) }
                terms.append(Term(key: try Self.key(String(words[0])), isAscending: isAscending))
            }
        } else {
            var ascending: [Bool] = []
            for direction in directions { ascending.append(try Self.isAscending(direction)) }
            if ascending.count == 1 { last = ascending[0] }
            guard ascending.count < 2 || ascending.count == keys.count else {
                throw .badRequest("Number of sort dirs does not match the number of sort keys", field: "sort_dir")
            }
            for (place, key) in keys.enumerated() {
                terms.append(
                    Term(key: try Self.key(key), isAscending: ascending.count > 1 ? ascending[place] : last))
            }
        }
        for key in [Key.created, .id] where !terms.contains(where: { $0.key == key }) {
            terms.append(Term(key: key, isAscending: last))
        }
        // A key that stands again decides nothing any more, and each costs.
        var seen: Set<Key> = []
        self.terms = terms.filter { seen.insert($0.key).inserted }
    }

    /// ` ORDER BY …`
    var order: SQL {
        var text: SQL = " ORDER BY "
        for (place, term) in terms.enumerated() {
            if place > 0 { text += ", " }
            text += term.key.column + (term.isAscending ? " ASC" : " DESC")
        }
        return text
    }

    /// That an image `i` stands behind `marker` in this order.
    func after(_ marker: Image) -> SQL {
        guard let first = terms.first else { return "1 = 1" }
        // The bound of the first key alone says the same again, in a form for which the engines use an index.
        let bound: SQL = first.isAscending ? " >= " : " <= "
        var condition: SQL = first.key.column + bound + first.key.value(of: marker) + " AND ("
        var equal: SQL = ""
        for (place, term) in terms.enumerated() {
            let value = term.key.value(of: marker)
            if place > 0 { condition += " OR " }
            let beyond: SQL = term.isAscending ? " > " : " < "
            condition += "(" + equal + term.key.column + beyond + value + ")"
            equal += term.key.column + " = " + value + " AND "
        }
        return condition + ")"
    }

    private static func key(_ text: String) throws(Fault) -> Key {
        guard let key = Key(rawValue: trimmed(text)) else {
            let known = Key.allCases.map(\.rawValue).joined(separator: ", ")
            throw .badRequest(
                "Invalid sort key: \(text.shown). It must be one of the following: \(known).", field: "sort_key")
        }
        return key
    }

    private static func isAscending(_ text: String) throws(Fault) -> Bool {
        switch trimmed(text) {
        case "asc": return true
        case "desc": return false
        default: throw .badRequest("Invalid sort direction: \(text.shown)", field: "sort_dir")
        }
    }

    private static func trimmed(_ text: String) -> String { text.split(separator: " ").joined(separator: " ") }
}
