import API
import Conventions

extension WebLink {
    /// Of a resource to itself, to `path` below `/accelerator/v2`: clients find that prefix in every link, wherever the service is
    /// mounted.
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
}
