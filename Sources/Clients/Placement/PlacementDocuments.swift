import Model

/// The bodies of Placement's API that its REST client sends and receives.
enum PlacementDocuments {
    struct Provider: Decodable {
        let uuid: ResourceProviderID
        let name: String
        let generation: Int
        let parent: ResourceProviderID?
        let root: ResourceProviderID

        enum CodingKeys: String, CodingKey {
            case uuid, name, generation
            case parent = "parent_provider_uuid"
            case root = "root_provider_uuid"
        }

        var view: ResourceProviderView {
            ResourceProviderView(id: uuid, name: name, generation: generation, parent: parent, root: root)
        }
    }

    struct Providers: Decodable {
        let providers: [Provider]

        enum CodingKeys: String, CodingKey { case providers = "resource_providers" }
    }

    struct NewProvider: Encodable {
        let uuid: ResourceProviderID
        let name: String
        let parent: ResourceProviderID?

        enum CodingKeys: String, CodingKey {
            case uuid, name
            case parent = "parent_provider_uuid"
        }
    }

    struct InventoryRecord: Codable {
        let total: Int
        let reserved: Int
        let minUnit: Int
        let maxUnit: Int
        let stepSize: Int
        let allocationRatio: Double

        enum CodingKeys: String, CodingKey {
            case total, reserved
            case minUnit = "min_unit"
            case maxUnit = "max_unit"
            case stepSize = "step_size"
            case allocationRatio = "allocation_ratio"
        }

        init(_ inventory: Inventory) {
            total = inventory.total
            reserved = inventory.reserved
            minUnit = inventory.minUnit
            maxUnit = inventory.maxUnit
            stepSize = inventory.stepSize
            allocationRatio = inventory.allocationRatio
        }

        var inventory: Inventory {
            Inventory(
                total: total, reserved: reserved, minUnit: minUnit, maxUnit: maxUnit, stepSize: stepSize,
                allocationRatio: allocationRatio)
        }
    }

    struct Inventories: Codable {
        let generation: Int
        let inventories: [String: InventoryRecord]

        enum CodingKeys: String, CodingKey {
            case inventories
            case generation = "resource_provider_generation"
        }
    }

    struct Traits: Codable {
        let generation: Int
        let traits: [String]

        enum CodingKeys: String, CodingKey {
            case traits
            case generation = "resource_provider_generation"
        }
    }

    struct Allocations: Decodable {
        let allocations: [String: Held]

        struct Held: Decodable { let resources: [String: Int] }
    }

    /// The allocations of one consumer, in requests and responses.
    struct Consumer: Codable {
        var allocations: [String: Part]
        let project: String
        let user: String
        let generation: Int?

        struct Part: Codable { let resources: [String: Int] }

        enum CodingKeys: String, CodingKey {
            case allocations
            case project = "project_id"
            case user = "user_id"
            case generation = "consumer_generation"
        }
    }

    /// The form for a consumer that no longer holds anything.
    struct ConsumerOrNothing: Decodable {
        let consumer: Consumer?

        init(from decoder: any Decoder) throws {
            consumer = try? Consumer(from: decoder)
        }
    }

    struct Reshape: Encodable {
        let inventories: [String: Inventories]
        let allocations: [String: Consumer]
    }

    struct Errors: Decodable {
        let errors: [Entry]

        struct Entry: Decodable {
            let title: String?
            let detail: String?
            let code: String?
            let minimum: String?
            let maximum: String?

            enum CodingKeys: String, CodingKey {
                case title, detail, code
                case minimum = "min_version"
                case maximum = "max_version"
            }
        }
    }
}
