import API
import Model

/// A resource as the API shows it.
protocol Representation: Sendable {
    static var singular: String { get }
    static var plural: String { get }
    /// The path below `/v3/`, such as `users/abc`.
    var selfPath: String { get }
    /// Writes every member but `links`.
    func write(to json: inout JSONWriter)
}

/// A part of a list, and the id after which the list continues.
struct Page<Item: Sendable>: Sendable {
    var items: [Item]
    var next: String?

    func map<Other>(_ transform: (Item) -> Other) -> Page<Other> {
        Page<Other>(items: items.map(transform), next: next)
    }
}

extension JSONWriter {
    mutating func resource(_ item: some Representation, base: String) {
        object { json in
            item.write(to: &json)
            json.member("links") { json in
                json.object { json in json.member("self", "\(base)/v3/\(item.selfPath)") }
            }
        }
    }

    /// A name and an id, the form of references in tokens and assignments.
    mutating func reference(id: String, name: String?) {
        object { json in
            json.member("id", id)
            if let name { json.member("name", name) }
        }
    }
}

extension Reply {
    static func one<Item: Representation>(_ item: Item, base: String, status: Int = 200) -> Reply {
        var json = JSONWriter()
        json.object { json in
            json.member(Item.singular) { json in json.resource(item, base: base) }
        }
        return .json(bytes: json.bytes, status: status)
    }

    static func many<Item: Representation>(
        _ page: Page<Item>, base: String, call: Call, status: Int = 200
    ) -> Reply {
        var json = JSONWriter(capacity: 256 + 384 * page.items.count)
        json.object { json in
            json.member(Item.plural) { json in
                json.array(page.items) { json, item in json.resource(item, base: base) }
            }
            json.links(of: call, base: base, next: page.next)
        }
        return .json(bytes: json.bytes, status: status)
    }
}

extension JSONWriter {
    /// Writes the link of a response that is not a list.
    mutating func selfLink(of call: Call, base: String) {
        member("links") { json in json.object { json in json.member("self", base + call.path) } }
    }

    mutating func links(of call: Call, base: String, next: String? = nil) {
        member("links") { json in
            json.object { json in
                json.member("next", next.map { "\(base)\(call.path)?\(call.query(after: $0))" })
                json.member("self", base + call.path)
                json.member("previous", String?.none)
            }
        }
        if next != nil, !call.rawQuery.contains(where: { $0.name == "limit" }) { member("truncated", true) }
    }
}

extension Call {
    /// The same query, continuing after `marker`.
    fileprivate func query(after marker: String) -> String {
        let kept = rawQuery.filter { $0.name != "marker" } + [(name: "marker", value: marker)]
        return kept.map { "\($0.name.percentEncoded)=\($0.value.percentEncoded)" }.joined(separator: "&")
    }
}
