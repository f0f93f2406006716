import API
import Model

/// A page of a list of definitions: how many, and the addresses of the first page and the next.
struct DefinitionPage: Sendable {
    private let size: Int
    private let path: String
    private let query: [String]

    init(_ call: Call, path: String, size: Int) {
        self.size = size
        self.path = path
        query = call.rawQuery.filter { $0.name != "marker" }.map { parameter in
            "\(parameter.name.percentEncoded)=\(parameter.value.percentEncoded)"
        }
    }

    /// Throws 400 for what is no limit.
    static func size(_ text: String?, _ options: ImageOptions) throws(Fault) -> Int {
        guard let text else { return min(options.pageSize, options.largestPage) }
        guard let asked = Int(text), asked >= 0 else {
            throw .badRequest("limit param must be a whole number that is not negative", field: "limit")
        }
        return min(asked, options.largestPage)
    }

    static func unknown(_ marker: String) -> Fault {
        .badRequest("Invalid marker: there is no '\(marker.shown)' that you may see.", field: "marker")
    }

    /// - Parameters:
    ///   - last: the name of the last item of the page
    ///   - schema: the last segment of the schema's path
    func write(to json: inout JSONWriter, count: Int, last: String?, schema: String) {
        json.member("first", address(query))
        json.member("schema", "/v2/schemas/metadefs/\(schema)")
        if let last, count == size { json.member("next", address(query + ["marker=\(last.percentEncoded)"])) }
    }

    private func address(_ query: [String]) -> String {
        query.isEmpty ? path : "\(path)?\(query.joined(separator: "&"))"
    }
}
