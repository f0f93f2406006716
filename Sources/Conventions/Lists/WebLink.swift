/// A link on the wire: to the resource itself, or to the next page of a list.
public struct WebLink: Codable, Sendable {
    public let href: String
    public let rel: String

    public init(href: String, rel: String) {
        self.href = href
        self.rel = rel
    }
}
