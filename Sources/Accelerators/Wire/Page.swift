import API
import Model
import Store

/// A page of a list, from 2.4: `limit` and `marker`, and a link to the next. Before, lists are whole.
struct Page: Sendable {
    static let most = 1000
    static let version = APIVersion.operations
    static let limit = QueryParameter<Size>(
        "limit", "At most so many; a link leads to what is left. 1000 where it is not given", since: version)
    static let marker = QueryParameter<String>("marker", "The id of the last one of the page before", since: version)
    static let parameters = [limit.description, marker.description]

    /// Nil where the list is whole.
    let size: Int?
    let marker: String?

    init(_ call: Call) throws(Fault) {
        guard call.version >= Self.version else {
            size = nil
            marker = nil
            return
        }
        size = try call[Self.limit]?.count ?? Self.most
        marker = try call[Self.marker]
    }

    /// As `init(call)`; a filter that cuts or orders the list leaves it whole.
    init(_ call: Call, _ filter: ListFilter) throws(Fault) {
        let page = try Page(call)
        guard page.size != nil, !filter.isPlain else {
            self = page
            return
        }
        for parameter in call.rawQuery.map(\.name) where parameter == "limit" || parameter == "marker" {
            throw .badRequest(
                "'\(parameter)' cannot stand beside a filter that cuts or orders the list itself.", field: parameter)
        }
        size = nil
        marker = nil
    }

    /// One row more than the page shows, to know whether there is a next one.
    var limit: SQL { size.map { " LIMIT \($0 + 1)" } ?? "" }

    /// The condition that a row stands behind the marker: `order` are the columns of the list's order, `at` says their
    /// values in the marker's row. Throws 400 where there is no such row.
    func after(_ order: SQL, at: (_ marker: String) -> SQL, in transaction: any Transaction) throws -> SQL {
        guard let marker else { return "1 = 1" }
        let row = at(ResourceProviderID(marker)?.description ?? marker)
        guard try transaction.exists(row) else {
            throw Fault.badRequest(
                "'\(marker.shown)' is not an id in this list, which 'marker' must be.", field: "marker")
        }
        return "(\(order)) > (\(row))"
    }

    /// What the page shows of `found`, and the links beside it.
    func cut<Value>(
        _ found: [Value], _ collection: String, _ call: Call, id: (Value) -> String
    ) -> (shown: [Value], links: [Link]?) {
        guard let size, found.count > size, let last = found.prefix(size).last else { return (found, nil) }
        var query = call.rawQuery.filter { $0.name != "marker" }
        query.append((name: "marker", value: id(last)))
        let text = query.map { "\($0.name.percentEncoded)=\($0.value.percentEncoded)" }.joined(separator: "&")
        let link = Link(href: "\(call.origin)/accelerator/v2/\(collection)?\(text)", rel: "next")
        return (Array(found.prefix(size)), [link])
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
