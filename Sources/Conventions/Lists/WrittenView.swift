public import API
public import Model

/// A resource that stands in long lists: written by hand, which costs a tenth of what an encoder does. The same members as
/// its `Codable` form has.
public protocol WrittenView {
    func write(to json: inout JSONWriter)
}

extension Reply {
    /// A list under `name`, which clients read as the first key, and the link to its next page. One view exists at a time.
    @inlinable
    public static func list<Item>(
        _ name: String, _ items: [Item], pages: [WebLink]?, status: Int = 200,
        view: (borrowing Item) throws -> some WrittenView
    ) rethrows -> Reply {
        var json = JSONWriter(capacity: 64 + 1024 * items.count)
        try json.object { json in
            try json.member(name) { json in
                try json.array(items) { json, item in try view(item).write(to: &json) }
            }
            if let pages { json.links("\(name)_links", pages) }
        }
        return .json(bytes: json.bytes, status: status)
    }
}

extension JSONWriter {
    public mutating func links(_ name: String, _ links: [WebLink]) {
        member(name) { json in
            json.array(links) { json, link in
                json.object { json in
                    json.member("href", link.href)
                    json.member("rel", link.rel)
                }
            }
        }
    }
}
