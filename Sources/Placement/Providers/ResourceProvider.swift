import API
import Model
import Store

/// Something that has resources: a host, a NUMA node of it, a device, a shared pool. Providers form trees.
struct ResourceProvider: Sendable, Equatable {
    let id: ResourceProviderID
    var name: String
    var generation: Int
    var revision: Int64
    var parent: ResourceProviderID?
    var root: ResourceProviderID
    var updatedAt: Timestamp

    static let columns: SQL = "p.uuid, p.name, p.generation, p.revision, p.parent, p.root, p.updated_at"

    init(
        id: ResourceProviderID, name: String, generation: Int, revision: Int64, parent: ResourceProviderID?,
        root: ResourceProviderID, updatedAt: Timestamp
    ) {
        self.id = id
        self.name = name
        self.generation = generation
        self.revision = revision
        self.parent = parent
        self.root = root
        self.updatedAt = updatedAt
    }

    init(_ row: borrowing Row) throws {
        id = try row[0]
        name = try row[1]
        generation = try row[2]
        revision = try row[3]
        parent = try row[4]
        root = try row[5]
        updatedAt = try row[6]
    }

    func write(to json: inout JSONWriter, for call: Call) {
        let path = "\(call.mount)/resource_providers/\(id)"
        json.object { json in
            json.member("uuid", "\(id)")
            json.member("name", name)
            json.member("generation", generation)
            if call.version >= .trees {
                json.member("parent_provider_uuid", parent.map { "\($0)" })
                json.member("root_provider_uuid", "\(root)")
            }
            json.member("links") { json in
                json.array(Self.relations(call.version)) { json, relation in
                    json.object { json in
                        json.member("rel", relation)
                        json.member("href", relation == "self" ? path : "\(path)/\(relation)")
                    }
                }
            }
        }
    }

    static func relations(_ version: Microversion) -> [String] {
        var names = ["self", "inventories", "usages"]
        if version >= .aggregates { names.append("aggregates") }
        if version >= .traits { names.append("traits") }
        if version >= .allocationLinks { names.append("allocations") }
        return names
    }

    static let schema = Schema.named(
        "ResourceProvider",
        .fields(
            .required("uuid", .uuid), .required("name", .string), .required("generation", .integer),
            .optional("parent_provider_uuid", .nullable(.uuid), since: .trees),
            .optional("root_provider_uuid", .uuid, since: .trees),
            .required(
                "links", .array(.fields(.required("rel", .string), .required("href", .string))))))
}
