import API
import Model
import Store

/// A project's tags: one column with a JSON array of strings without commas.
enum ProjectTags {
    /// Of a project, and of a filter: each is looked for in every project.
    static let most = 80

    /// What the filters of a list ask: `tags` all of them, `tags-any` one of them, and their opposites. Throws 400 where a
    /// filter names more tags than a project can have.
    static func conditions(_ query: [(name: String, value: String)]) throws(Fault) -> [SQL] {
        let asked = query.filter { filters.contains($0.name) }
        let count = asked.reduce(0) { $0 + $1.value.split(separator: ",").count }
        guard count <= most else {
            throw .badRequest(
                "The filters of a list may name at most \(most) tags, as many as a project can have.", field: "tags")
        }
        return asked.compactMap { name, value in
            let tests = value.split(separator: ",").map { has(String($0)) }
            guard let first = tests.first else { return nil }
            let all = tests.dropFirst().reduce(first) { $0 + " AND " + $1 }
            let any = tests.dropFirst().reduce(first) { $0 + " OR " + $1 }
            switch name {
            case "tags": return all
            case "tags-any": return "(" + any + ")"
            case "not-tags": return "NOT (" + all + ")"
            case "not-tags-any": return "NOT (" + any + ")"
            default: return nil
            }
        }
    }

    private static let filters: Set<String> = ["tags", "tags-any", "not-tags", "not-tags-any"]

    /// Whether the project `p` has the tag. Commas occur only between two tags, so text between commas is a complete
    /// tag.
    private static func has(_ tag: String) -> SQL {
        let between: SQL = "(',' || substr(p.tags, 2, length(p.tags) - 2) || ',')"
        let wanted = ",\(JSONValue.text(tag).encoded),"
        return "(length(replace(\(between), \(wanted), '')) < length(\(between)))"
    }
}

extension String {
    /// Compares bytes; different normalisations of the same letters are different texts, as in the database.
    func isExactly(_ other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
