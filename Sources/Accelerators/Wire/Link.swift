import API

/// A link of a resource to itself.
struct Link: Codable, Sendable {
    let href: String
    let rel: String

    /// To `path` below `/accelerator/v2`: clients find that prefix in every link, wherever the service is mounted.
    init(_ call: borrowing Call, _ collection: String, _ id: String) {
        self.init(call, "/accelerator/v2/", collection, id, rel: "self")
    }

    /// `prefix` and `collection` below the address of the service. Put together by hand, since lists hold thousands.
    init(_ call: borrowing Call, _ prefix: String, _ collection: String, _ id: String, rel: String) {
        var href = ""
        href.reserveCapacity(call.origin.utf8.count + prefix.utf8.count + collection.utf8.count + 1 + id.utf8.count)
        href += call.origin
        href += prefix
        href += collection
        href += "/"
        href += id
        self.init(href: href, rel: rel)
    }

    init(href: String, rel: String) {
        self.href = href
        self.rel = rel
    }
}
