public import Model

/// Rows of a response, or one object, in the forms for terminals and scripts, according to the options `-f` and `-c` of
/// OpenStack's clients.
public struct Listing: Sendable {
    public enum Format: String, Sendable, CaseIterable {
        case table, json, value, csv
    }

    /// The default columns: members of the objects.
    private let columns: [String]
    private let rows: [JSONValue]
    /// Whether it is one object, shown with one member per line.
    private let isOne: Bool

    /// - Parameter columns: members that the objects lack are shown as `null`
    public init(_ rows: [JSONValue], columns: [String]) {
        self.rows = rows
        self.columns = columns
        isOne = false
    }

    /// Every member except links, or the members in `columns`.
    public init(one object: JSONValue, columns: [String]? = nil) {
        rows = [object]
        self.columns = columns ?? object.members?.map(\.name).filter { $0 != "links" } ?? []
        isOne = true
    }

    /// - Parameter chosen: columns in place of the default ones, in this order
    public func text(_ format: Format, columns chosen: [String] = []) -> String {
        let columns = chosen.isEmpty ? columns : chosen
        switch format {
        case .json: return json(columns)
        case .value: return lines(columns).map { $0.joined(separator: isOne ? "\n" : " ") + "\n" }.joined()
        case .csv:
            return ([columns] + lines(columns)).map { $0.map(Self.quoted).joined(separator: ",") + "\n" }.joined()
        case .table:
            guard isOne else { return TextTable(header: columns, rows: lines(columns)).text }
            return TextTable(
                header: ["Field", "Value"], rows: zip(columns, lines(columns).first ?? []).map { [$0, $1] }
            ).text
        }
    }

    private func json(_ columns: [String]) -> String {
        let objects = rows.map { row in
            JSONValue.object(columns.map { .init($0, row[$0] ?? .null) })
        }
        return (isOne ? objects.first ?? .null : .array(objects)).printed
    }

    private func lines(_ columns: [String]) -> [[String]] {
        rows.map { row in columns.map { Self.cell(row[$0] ?? .null) } }
    }

    /// The text that OpenStack's clients show: `None` for a missing value, strings unchanged.
    private static func cell(_ value: JSONValue) -> String {
        switch value {
        case .null: "None"
        case .bool(let flag): flag ? "True" : "False"
        case .text(let text): text
        default: value.compact
        }
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
