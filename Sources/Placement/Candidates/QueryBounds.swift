import Model

/// The maximum size of one query: far more than any client sends, and little enough to be read cheaply and accepted by
/// databases.
struct QueryBounds {
    /// Groups of resources.
    static let groups = 128
    /// Traits, aggregates and amounts, and conditions over them.
    static let terms = 500
    /// `same_subtree` rules.
    static let rules = 64

    private var count = 0

    /// Counts `terms` more. Throws 400 above the maximum.
    mutating func add(_ terms: Int, _ field: String) throws(Fault) {
        count += terms
        try Self.check(count, Self.terms, "traits, aggregates and amounts", field)
    }

    static func check(_ count: Int, _ most: Int, _ what: String, _ field: String) throws(Fault) {
        guard count > most else { return }
        throw .badRequest(
            "Invalid query string parameters: the query names more than \(most) \(what); ask for fewer.",
            field: String(field.prefix(80)))
    }
}
