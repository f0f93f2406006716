public import Clients
import HTTPTypes
public import Model

extension CloudSession {
    /// Every element of a list, from all pages; with `limit` at most that many.
    ///
    /// - Parameters:
    ///   - member: the response's member, such as `hosts`
    ///   - query: names and values; those without a value are left out
    public func list(
        _ service: PeerService, _ path: String, _ member: String, query: [(name: String, value: String?)] = [],
        limit: Int? = nil, version: Microversion
    ) async throws(Fault) -> [JSONValue] {
        var terms = query.compactMap { name, value in value.map { "\(name)=\($0.percentEncoded)" } }
        if let limit { terms.append("limit=\(limit)") }
        var next: String? = terms.isEmpty ? path : path + "?" + terms.joined(separator: "&")
        var found: [JSONValue] = []
        var seen: Set<String> = []
        while let page = next {
            // A service whose pages go in a circle.
            guard seen.insert(page).inserted else { break }
            let answer = try await send(.get, service, page, version: version)
            guard let elements = answer[member]?.elements else {
                throw Fault(.badGateway, "The answer of \(service.name) has no list '\(member)'.")
            }
            found += elements
            next = limit == nil ? Self.next(answer, member).map { path + $0 } : nil
        }
        return found
    }

    /// The query of the link to the next page, with its `?`.
    private static func next(_ answer: JSONValue, _ member: String) -> String? {
        let link = answer["\(member)_links"]?.elements?.first { $0["rel"]?.string == "next" }
        guard let address = link?["href"]?.string, let mark = address.firstIndex(of: "?") else { return nil }
        return String(address[mark...])
    }
}
