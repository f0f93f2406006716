public import API
public import Model
public import Store

/// A page of a list: `limit` and `marker`, and a link to the next.
public struct Page: Sendable {
    /// The most that a page holds, and what it holds where the caller says nothing.
    public static let most = 1000

    /// Nil where the list is whole.
    public let size: Int?
    /// The id of the last one of the page before.
    public let marker: String?
    /// The address below which the service's collections lie, without a slash at its end.
    private let base: String

    /// How a service pages.
    public struct Rules: Sendable {
        /// The first version with pages; before, lists are whole.
        let since: APIVersion?
        /// Below the caller's address, such as `/accelerator/v2`.
        let prefix: String
        let limit: QueryParameter<Size>
        let marker: QueryParameter<String>

        public init(since: APIVersion?, prefix: String) {
            self.since = since
            self.prefix = prefix
            limit = QueryParameter(
                "limit", "At most so many; a link leads to what is left. \(Page.most) where it is not given",
                since: since
            )
            marker = QueryParameter("marker", "The id of the last one of the page before", since: since)
        }

        public var parameters: [ParameterDescription] { [limit.description, marker.description] }
    }

    /// - Parameter isWhole: the query cuts or orders the list itself, so that it has no pages; `limit` and `marker` are refused then
    public init(_ call: Call, _ rules: Rules, isWhole: Bool = false) throws(Fault) {
        base = call.origin + rules.prefix
        let hasPages = rules.since.map { call.version >= $0 } ?? true
        guard hasPages, !isWhole else {
            size = nil
            marker = nil
            guard hasPages else { return }
            for parameter in call.rawQuery.map(\.name) where parameter == "limit" || parameter == "marker" {
                throw .badRequest(
                    "'\(parameter)' cannot stand beside a filter that cuts or orders the list itself.", field: parameter
                )
            }
            return
        }
        size = try call[rules.limit]?.count ?? Self.most
        marker = try call[rules.marker]
    }

    /// One row more than the page shows, to know whether there is a next one.
    public var limit: SQL { size.map { " LIMIT \($0 + 1)" } ?? "" }

    /// The condition that a row stands behind the marker: `order` are the columns of the list's order, `at` says their
    /// values in the marker's row. Throws 400 where there is no such row.
    public func after(_ order: SQL, at: (_ marker: String) -> SQL, in transaction: any Transaction) throws -> SQL {
        guard let marker else { return "1 = 1" }
        // An id is one, however it is written.
        let row = at(ResourceProviderID(marker)?.description ?? marker)
        guard try transaction.exists(row) else {
            throw Fault.badRequest(
                "'\(marker.shown)' is not an id in this list, which 'marker' must be.", field: "marker")
        }
        return "(\(order)) > (\(row))"
    }

    /// What the page shows of `found`, and the link to the next page beside it.
    public func cut<Value>(
        _ found: [Value], _ collection: String, _ call: Call, id: (Value) -> String
    ) -> (shown: [Value], links: [WebLink]?) {
        guard let size, found.count > size, let last = found.prefix(size).last else { return (found, nil) }
        var query = call.rawQuery.filter { $0.name != "marker" }
        query.append((name: "marker", value: id(last)))
        let text = query.map { "\($0.name.percentEncoded)=\($0.value.percentEncoded)" }.joined(separator: "&")
        return (Array(found.prefix(size)), [WebLink(href: "\(base)/\(collection)?\(text)", rel: "next")])
    }

    /// How many a page may hold.
    struct Size: ParameterValue {
        static let schema = Schema.integerRange(1, Page.most)
        static let form = "a whole number from 1 to \(Page.most)"
        let count: Int

        init?(parameter text: String) {
            guard let count = Int(text), (1...Page.most).contains(count) else { return nil }
            self.count = count
        }
    }
}
