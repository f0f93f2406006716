import API
import Model
import Store

/// Which images a list shows: the conditions of all query parameters, AND-ed. A parameter without a meaning of its own is about the
/// custom property of its name.
struct ImageFilter: Sendable {
    private(set) var conditions: SQL = "1 = 1"
    private let visibility: ImageVisibility?
    /// Whether `visibility=all` asks for community images of other projects, too.
    private let isWide: Bool
    private let sharing: MemberStatus?

    /// Columns whose values may be listed after `in:`.
    private static let listed: [String: SQL] = [
        "id": "i.id", "name": "i.name", "status": "i.status", "container_format": "i.container_format",
        "disk_format": "i.disk_format",
    ]
    private static let moments: [String: SQL] = ["created_at": "i.created_at", "updated_at": "i.updated_at"]
    private static let numbers: [String: SQL] = [
        "size": "i.size", "virtual_size": "i.virtual_size", "min_ram": "i.min_ram", "min_disk": "i.min_disk",
    ]
    private static let exact: [String: SQL] = [
        "checksum": "i.checksum", "os_hash_algo": "i.hash_algorithm", "os_hash_value": "i.hash_value",
        "owner": "i.owner",
    ]
    /// What says how the list is shown, or what is read before.
    private static let others: Set<String> = [
        "limit", "marker", "sort", "sort_key", "sort_dir", "visibility", "member_status", "os_hidden", "protected",
        "deleted",
    ]

    /// Throws 400 for a value that is none of its parameter.
    init(_ query: [(name: String, value: String)]) throws(Fault) {
        // Of a parameter that stands more than once the last one counts, but for tags, all of which must be there.
        let last = Dictionary(query.map { ($0.name, $0.value) }) { _, last in last }
        (visibility, isWide) = try Self.visibility(last["visibility"])
        sharing = try Self.sharing(last["member_status"])
        let isHidden = try Self.flag(last["os_hidden"]?.lowercased() ?? "false", of: "os_hidden")
        conditions += " AND i.is_hidden = \(isHidden)"
        if let text = last["protected"] {
            let isProtected = try Self.flag(text, of: "protected")
            conditions += " AND i.is_protected = \(isProtected)"
        }
        if let since = last["changes-since"], !since.isEmpty {
            throw .badRequest(
                "The \"changes-since\" filter is no longer available on v2.", field: "changes-since")
        }
        for (name, value) in query where name == "tag" {
            conditions += " AND EXISTS (SELECT 1 FROM image_tags t WHERE t.image = i.id AND t.tag = \(value))"
        }
        for (name, value) in last.sorted(by: { $0.key < $1.key }) {
            if name == "tag" || name == "changes-since" || Self.others.contains(name) { continue }
            let condition = try Self.condition(name, value)
            conditions += " AND " + condition
        }
    }

    /// Of the images that the caller's lists hold.
    func within(_ scope: ImageScope) -> SQL {
        var all = conditions + " AND " + scope.listed(sharing: sharing)
        if let visibility {
            all += " AND i.visibility = \(visibility.rawValue)"
        } else if !isWide {
            all += " AND " + scope.withoutCommunity
        }
        return all
    }

    private static func condition(_ name: String, _ value: String) throws(Fault) -> SQL {
        if let column = listed[name] {
            switch try FilterValue.texts(value, of: name) {
            case .oneOf(let values): return "\(column) IN \(list: values.map { normal($0, name) })"
            case .equal(let text): return "\(column) = \(normal(text, name))"
            case .compared: throw .internalError("a filter of texts was read as one of moments")
            }
        }
        if let column = moments[name] {
            guard case .compared(let comparison, let moment) = try FilterValue.moment(value, of: name) else {
                throw .internalError("a filter of moments was read as one of texts")
            }
            return span(column, comparison, moment)
        }
        if let column = numbers[name] {
            let amount = try number(value, of: name)
            return "\(column) = \(amount)"
        }
        if name.hasSuffix("_min") || name.hasSuffix("_max"), let column = numbers[String(name.dropLast(4))] {
            let bound = try number(value, of: name)
            return name.hasSuffix("_min") ? "\(column) >= \(bound)" : "\(column) <= \(bound)"
        }
        if let column = exact[name] { return "\(column) = \(value)" }
        return """
            EXISTS (SELECT 1 FROM image_properties p
                WHERE p.image = i.id AND p.name = \(name) AND p.value = \(value))
            """
    }

    /// Ids are the same in either case.
    private static func normal(_ value: String, _ name: String) -> String {
        name == "id" ? ImageID(value)?.description ?? value : value
    }

    /// Images show whole seconds, so that a moment is the second in which it lies.
    private static func span(_ column: SQL, _ comparison: FilterValue.Comparison, _ moment: Timestamp) -> SQL {
        let second = moment.microseconds - moment.microseconds % 1_000_000
        let begin = Timestamp(microseconds: second)
        let end = Timestamp(microseconds: second + 1_000_000)
        return switch comparison {
        case .gt: "\(column) >= \(end)"
        case .gte: "\(column) >= \(begin)"
        case .lt: "\(column) < \(begin)"
        case .lte: "\(column) < \(end)"
        case .eq: "(\(column) >= \(begin) AND \(column) < \(end))"
        case .neq: "(\(column) < \(begin) OR \(column) >= \(end))"
        }
    }

    private static func number(_ text: String, of parameter: String) throws(Fault) -> Int {
        guard let number = Int(text) else {
            throw .badRequest(
                "Unable to filter '\(parameter)' by '\(text.shown)', which is not a whole number.", field: parameter)
        }
        return number
    }

    private static func flag(_ text: String, of parameter: String) throws(Fault) -> Bool {
        switch text {
        case "true": return true
        case "false": return false
        default:
            throw .badRequest(
                "Invalid value '\(text.shown)' for '\(parameter)' filter. Valid values are 'true' or 'false'.",
                field: parameter)
        }
    }

    private static func visibility(_ text: String?) throws(Fault) -> (ImageVisibility?, Bool) {
        guard let text, !text.isEmpty else { return (nil, false) }
        if text == "all" { return (nil, true) }
        guard let visibility = ImageVisibility(rawValue: text) else {
            throw .badRequest(
                "Invalid visibility value: \(text.shown); it must be community, public, private, shared or all.",
                field: "visibility")
        }
        return (visibility, false)
    }

    private static func sharing(_ text: String?) throws(Fault) -> MemberStatus? {
        guard let text else { return .accepted }
        if text == "all" { return nil }
        guard let status = MemberStatus(rawValue: text) else {
            throw .badRequest(
                "Invalid status: \(text.shown); it must be pending, accepted, rejected or all.", field: "member_status")
        }
        return status
    }
}
