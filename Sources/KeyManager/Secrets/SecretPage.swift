import API
import Model

/// The part of a list that is asked for. What is no number counts as none given, and what is out of range is drawn in, as in Barbican.
struct SecretPage: Sendable {
    let limit: Int
    let offset: Int
    private let query: [(name: String, value: String)]

    static let limitParameter = QueryParameter<String>("limit", "At most so many")
    static let offsetParameter = QueryParameter<String>("offset", "How many are left out at the beginning")

    /// - Parameters:
    ///   - standard: how many where the caller says nothing
    ///   - most: how many at most
    init(_ call: Call, standard: Int, most: Int) throws(Fault) {
        limit = try call[Self.limitParameter].flatMap { Int($0) }.map { min(max($0, 1), most) } ?? min(standard, most)
        offset = max(0, try call[Self.offsetParameter].flatMap { Int($0) } ?? 0)
        query = call.rawQuery.filter { $0.name != "limit" && $0.name != "offset" }
    }

    func next(of total: Int, _ address: SecretAddress) -> String? {
        total - limit > offset ? address.list(limit: limit, offset: offset + limit, query) : nil
    }

    func previous(_ address: SecretAddress) -> String? {
        offset > 0 ? address.list(limit: limit, offset: max(0, offset - limit), query) : nil
    }
}
