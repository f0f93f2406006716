import API

/// A link of a resource to itself.
struct Link: Codable, Sendable {
    let href: String
    let rel: String

    /// To `path` below `/accelerator/v2`: clients find that prefix in every link, wherever the service is mounted.
    init(_ call: Call, _ path: String) {
        href = "\(call.origin)/accelerator/v2/\(path)"
        rel = "self"
    }

    init(href: String, rel: String) {
        self.href = href
        self.rel = rel
    }
}
