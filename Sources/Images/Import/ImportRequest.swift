import API
import Clients
import Model

/// What a client wants of an import.
struct ImportRequest: Sendable {
    let method: ImportMethod
    /// Where the data are, if they come from the web.
    let address: WebAddress?
    /// Nil is the default store.
    let stores: [StoreName]?
    let wantsAll: Bool
    let allMustSucceed: Bool
    /// As it was sent, for the task.
    let sent: JSONValue

    /// More than any service has.
    private static let mostStores = 100

    static let schema = Schema.object(
        ObjectSchema(
            [
                .init(
                    "method",
                    .object(
                        ObjectSchema(
                            [.init("name", .string), .init("uri", .string, required: false)], others: .ignored))),
                .init("stores", .array(.string), required: false), .init("all_stores", .boolean, required: false),
                .init("all_stores_must_succeed", .boolean, required: false),
            ], others: .ignored))

    /// - Parameters:
    ///   - body: valid by the schema
    ///   - header: the one store that `X-Image-Meta-Store` names
    ///
    /// Throws 400 for a method that is not offered, and for an address that the rules refuse.
    init(_ body: JSONValue, header: String?, offered: [String], rules: WebRules) throws(Fault) {
        guard case .text(let name)? = body["method"]?["name"] else {
            throw .badRequest("Import request requires a 'name' field.", field: "method.name")
        }
        guard offered.contains(name), let method = ImportMethod(rawValue: name) else {
            throw .badRequest("Unknown import method name '\(name.shown)'.", field: "method.name")
        }
        self.method = method
        if method == .web {
            address = try Self.address(body["method"]?["uri"], rules)
        } else {
            address = nil
        }
        sent = body
        wantsAll = body["all_stores"] == .bool(true)
        allMustSucceed = body["all_stores_must_succeed"] != .bool(false)
        if case .array(let elements)? = body["stores"] {
            guard elements.count <= Self.mostStores else {
                throw .badRequest(
                    "The request names \(elements.count) stores; at most \(Self.mostStores) are possible.",
                    field: "stores")
            }
            var stores: [StoreName] = []
            for case .text(let text) in elements where !stores.contains(StoreName(text)) {
                stores.append(StoreName(text))
            }
            self.stores = stores
        } else {
            stores = header.map { [StoreName($0)] }
        }
        guard !(wantsAll && (body["stores"] != nil || header != nil)) else {
            throw .badRequest(
                "All_stores parameter can't be used with x-image-meta-store header or stores parameter",
                field: "all_stores")
        }
        guard body["stores"] == nil || header == nil else {
            throw .badRequest(
                "Stores parameter and x-image-meta-store header can't be both specified", field: "stores")
        }
    }

    private static func address(_ value: JSONValue?, _ rules: WebRules) throws(Fault) -> WebAddress {
        guard case .text(let text)? = value else {
            throw .badRequest("Import by web-download requires a 'uri' field.", field: "method.uri")
        }
        guard let address = WebAddress(text), rules.admit(address) else {
            throw .badRequest("URI for web-download does not pass filtering: \(text.shown)", field: "method.uri")
        }
        return address
    }

    /// The stores that the data go to. Throws 409 for one that is not there, 400 where the image is in it already.
    func destinations(_ shelf: StoreShelf, present: Set<StoreName>) throws(Fault) -> [StoreName] {
        let wanted = wantsAll ? shelf.entries.map(\.name) : stores ?? [shelf.standard.name]
        for name in wanted where shelf.entry(name) == nil {
            throw .conflict(
                "There is no store '\(name.text.shown)'; there are: \(shelf.publicNames.joined(separator: ", ")).")
        }
        guard method == .copy, !wantsAll else { return wanted.filter { !present.contains($0) } }
        if let name = wanted.first(where: { present.contains($0) }) {
            throw .badRequest("Image is already present at store '\(name.text)'", field: "stores")
        }
        return wanted
    }
}
