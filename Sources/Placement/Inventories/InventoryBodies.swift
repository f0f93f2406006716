import API
import Model

/// An inventory in a request; missing members have their defaults.
struct InventoryBody: Decodable, Sendable {
    let inventory: Inventory
    let generation: Int?
    let resourceClass: String?

    enum CodingKeys: String, CodingKey {
        case total, reserved
        case minUnit = "min_unit"
        case maxUnit = "max_unit"
        case stepSize = "step_size"
        case allocationRatio = "allocation_ratio"
        case generation = "resource_provider_generation"
        case resourceClass = "resource_class"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func number(_ key: CodingKeys, _ standard: Int) throws -> Int {
            try container.decodeIfPresent(Int.self, forKey: key) ?? standard
        }
        inventory = Inventory(
            total: try container.decode(Int.self, forKey: .total), reserved: try number(.reserved, 0),
            minUnit: try number(.minUnit, 1), maxUnit: try number(.maxUnit, Inventory.limit),
            stepSize: try number(.stepSize, 1),
            allocationRatio: try container.decodeIfPresent(Double.self, forKey: .allocationRatio) ?? 1)
        generation = try container.decodeIfPresent(Int.self, forKey: .generation)
        resourceClass = try container.decodeIfPresent(String.self, forKey: .resourceClass)
    }

    private static let most = Inventory.limit
    private static let record: [ObjectSchema.Property] = [
        .required("total", .integerRange(1, most)), .optional("reserved", .integerRange(0, most)),
        .optional("min_unit", .integerRange(1, most)), .optional("max_unit", .integerRange(1, most)),
        .optional("step_size", .integerRange(1, most)),
        .optional("allocation_ratio", .numberRange(-3.40282e+38, 3.40282e+38)),
    ]

    static let creation = Schema.object(
        ObjectSchema(
            record + [
                .required("resource_class", .resourceClassName), .optional("resource_provider_generation", .generation),
            ]))
    static let change = Schema.object(
        ObjectSchema(record + [.required("resource_provider_generation", .generation)]))
    static let element = Schema.object(
        ObjectSchema(record + [.optional("resource_provider_generation", .generation)]))
    static let answer = Schema.named(
        "Inventory", .object(ObjectSchema(record + [.optional("resource_provider_generation", .generation)])))

    /// Refuses an inventory of which nothing can be claimed; before 1.26 also one that is completely reserved.
    static func check(
        _ inventory: Inventory, _ name: String, of id: ResourceProviderID, _ version: Microversion, doing verb: String
    ) throws(Fault) {
        let mayBeZero = version >= .fullReservation
        guard inventory.capacity < (mayBeZero ? 0 : 1) else { return }
        throw .badRequest(
            "Unable to \(verb) inventory for resource provider \(id): Invalid inventory for '\(name)' on resource "
                + "provider '\(id)'. The reserved value is greater than \(mayBeZero ? "" : "or equal to ")total.",
            field: "reserved")
    }
}

/// The body of `PUT …/inventories`.
struct InventoriesBody: Decodable, Sendable {
    let generation: Int
    let inventories: [String: InventoryBody]

    enum CodingKeys: String, CodingKey {
        case generation = "resource_provider_generation"
        case inventories
    }

    var byClass: [ResourceClass: Inventory] {
        Dictionary(uniqueKeysWithValues: inventories.map { (ResourceClass(unchecked: $0), $1.inventory) })
    }

    static let schema = Schema.fields(
        .required("resource_provider_generation", .generation),
        .required("inventories", .map("^[A-Z0-9_]+$", InventoryBody.element)))
    static let answer = Schema.fields(
        .required("resource_provider_generation", .generation),
        .required("inventories", .map(nil, InventoryBody.answer)))
}
