import API
import Model
import Store

/// A project's tags: a JSON array of texts without commas in a column.
enum ProjectTags {
    /// What the filters of a list ask: `tags` all of them, `tags-any` one of them, and their opposites.
    static func conditions(_ query: [(name: String, value: String)]) -> [SQL] {
        query.compactMap { name, value in
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

    /// Whether the project `p` has the tag. A comma stands between two tags and nowhere else, so a tag between commas is a whole one.
    private static func has(_ tag: String) -> SQL {
        let between: SQL = "(',' || substr(p.tags, 2, length(p.tags) - 2) || ',')"
        let wanted = ",\(JSONValue.text(tag).encoded),"
        return "(length(replace(\(between), \(wanted), '')) < length(\(between)))"
    }
}

extension String {
    /// Letter for letter; other forms of the same letters are other texts, as they are for the database.
    func isExactly(_ other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
