import Model

/// The value of a filter that may begin with an operator: `in:a,"b,c"`, `gte:2026-01-01T00:00:00Z`, or plain.
enum FilterValue: Equatable, Sendable {
    case equal(String)
    case oneOf([String])
    case compared(Comparison, Timestamp)

    enum Comparison: String, Sendable {
        case gt, gte, lt, lte, eq, neq
    }

    /// A text, or several after `in:`. What stands before another colon is an operator that does not exist, and 400.
    static func texts(_ value: String, of parameter: String) throws(Fault) -> FilterValue {
        guard let colon = value.firstIndex(of: ":") else { return .equal(value) }
        let rest = String(value[value.index(after: colon)...])
        switch value[..<colon] {
        case "eq": return .equal(rest)
        case "in": return .oneOf(try list(rest, of: parameter))
        default:
            throw .badRequest(
                "Unable to filter '\(parameter)' by unknown operator '\(value[..<colon].shown)'; known are 'in' and 'eq'.",
                field: parameter)
        }
    }

    /// A moment, perhaps after an operator and a colon.
    static func moment(_ value: String, of parameter: String) throws(Fault) -> FilterValue {
        if let moment = Timestamp(iso: value) { return .compared(.eq, moment) }
        if let colon = value.firstIndex(of: ":"), let comparison = Comparison(rawValue: String(value[..<colon])) {
            if let moment = Timestamp(iso: String(value[value.index(after: colon)...])) {
                return .compared(comparison, moment)
            }
        } else if let colon = value.firstIndex(of: ":"), value[..<colon].allSatisfy(\.isLetter) {
            throw .badRequest(
                "Unable to filter '\(parameter)' by unknown operator '\(value[..<colon].shown)'; known are gt, gte, lt, lte, "
                    + "eq and neq.", field: parameter)
        }
        throw .badRequest(
            "Bad \"\(parameter)\" query filter format. Use ISO 8601 DateTime notation.", field: parameter)
    }

    /// Values separated by commas; one in double quotes may contain commas, and with a backslash before it any character.
    static func list(_ text: String, of parameter: String) throws(Fault) -> [String] {
        var values: [String] = []
        var value = ""
        var isQuoted = false
        /// Whether the value stood in quotes, so that only a comma may follow.
        var hasClosed = false
        var letters = text.makeIterator()
        func refused(_ reason: String) -> Fault {
            .badRequest("Invalid filter value \(text.shown). \(reason)", field: parameter)
        }
        while let letter = letters.next() {
            switch letter {
            case "\\" where isQuoted: if let next = letters.next() { value.append(next) }
            case "\"" where isQuoted:
                isQuoted = false
                hasClosed = true
            case "\"":
                guard value.isEmpty, !hasClosed else {
                    throw refused("There is no comma before opening quotation mark.")
                }
                isQuoted = true
            case "," where !isQuoted:
                values.append(value)
                value = ""
                hasClosed = false
            default:
                guard !hasClosed else { throw refused("There is no comma after closing quotation mark.") }
                value.append(letter)
            }
        }
        guard !isQuoted else { throw refused("The quote is not closed.") }
        if !value.isEmpty || hasClosed { values.append(value) }
        guard values.count <= mostValues else {
            throw refused("It holds \(values.count) values; at most \(mostValues) are possible.")
        }
        return values
    }

    /// More would be a mistake, and more than a database takes in one statement.
    private static let mostValues = 1000
}
