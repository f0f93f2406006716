import API
import Model

/// A page of the list of images: how many, after which, and the addresses of the first page and the next.
struct ImagePage: Sendable {
    let size: Int
    let marker: ImageID?
    private let query: [(name: String, value: String)]

    static let limit = QueryParameter<String>("limit", "At most so many; 0 is an empty page")
    static let markerParameter = QueryParameter<String>("marker", "The id of the last one of the page before")

    init(_ call: Call, _ options: ImageOptions) throws(Fault) {
        if let text = try call[Self.limit] {
            guard let size = Int(text) else {
                throw .badRequest("limit param must be an integer", field: "limit")
            }
            guard size >= 0 else { throw .badRequest("limit param must be positive", field: "limit") }
            self.size = min(size, options.largestPage)
        } else {
            size = min(options.pageSize, options.largestPage)
        }
        if let text = try call[Self.markerParameter] {
            guard let marker = ImageID(text) else { throw Self.unknown(text) }
            self.marker = marker
        } else {
            marker = nil
        }
        // What stood more than once stands there again.
        query = call.rawQuery.filter { $0.name != "marker" }
    }

    static func unknown(_ marker: String) -> Fault {
        .badRequest("Invalid marker: there is no image '\(marker.shown)' that you may see.", field: "marker")
    }

    var first: String { address(query) }

    func next(after last: ImageID) -> String { address(query + [(name: "marker", value: last.description)]) }

    private func address(_ query: [(name: String, value: String)]) -> String {
        let text = query.map { "\($0.name.percentEncoded)=\($0.value.percentEncoded)" }.joined(separator: "&")
        return text.isEmpty ? "/v2/images" : "/v2/images?\(text)"
    }
}
