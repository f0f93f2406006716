import API
import Model

/// One consumer's part of a body: what it will hold.
struct ClaimBody: Decodable, BodyReadable, Sendable {
    let allocations: [String: [ResourceClass: Int]]
    let project: String?
    let user: String?
    let type: String?
    let generation: Int?

    enum CodingKeys: String, CodingKey {
        case allocations
        case project = "project_id"
        case user = "user_id"
        case type = "consumer_type"
        case generation = "consumer_generation"
    }

    private struct Listed: Decodable {
        struct Provider: Decodable {
            let uuid: String
        }
        let provider: Provider
        let resources: [String: Int]

        enum CodingKeys: String, CodingKey {
            case provider = "resource_provider"
            case resources
        }
    }

    private struct Keyed: Decodable {
        let resources: [String: Int]
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        var found: [String: [String: Int]] = [:]
        if let keyed = try? container.decode([String: Keyed].self, forKey: .allocations) {
            found = keyed.mapValues(\.resources)
        } else {
            for entry in try container.decode([Listed].self, forKey: .allocations) {
                found[entry.provider.uuid] = entry.resources
            }
        }
        allocations = found.mapValues { resources in
            Dictionary(uniqueKeysWithValues: resources.map { (ResourceClass(unchecked: $0), $1) })
        }
        project = try container.decodeIfPresent(String.self, forKey: .project)
        user = try container.decodeIfPresent(String.self, forKey: .user)
        type = try container.decodeIfPresent(String.self, forKey: .type)
        generation = try container.decodeIfPresent(Int.self, forKey: .generation)
    }

    /// Reads a body of one of the forms in `ClaimSchema` that has passed the schema's check.
    init(body: JSONValue) throws(Fault) {
        func text(_ name: String) -> String? {
            if case .text(let text)? = body[name] { text } else { nil }
        }
        func amounts(_ value: JSONValue?) throws(Fault) -> [ResourceClass: Int] {
            var amounts: [ResourceClass: Int] = [:]
            for member in value?.members ?? [] {
                guard let amount = member.value.wholeNumber else {
                    throw .badRequest("'\(member.name)' is not an integer.", field: "allocations")
                }
                amounts[ResourceClass(unchecked: member.name)] = amount
            }
            return amounts
        }
        var found: [String: [ResourceClass: Int]] = [:]
        switch body["allocations"] {
        case .array(let entries)?:
            for entry in entries {
                guard case .text(let id)? = entry["resource_provider"]?["uuid"] else { continue }
                found[id] = try amounts(entry["resources"])
            }
        case let keyed:
            for member in keyed?.members ?? [] { found[member.name] = try amounts(member.value["resources"]) }
        }
        allocations = found
        project = text("project_id")
        user = text("user_id")
        type = text("consumer_type")
        generation = body["consumer_generation"]?.wholeNumber
    }

    func claim(of consumer: ConsumerID, _ version: Microversion, _ options: PlacementOptions) throws(Fault)
        -> ConsumerClaim
    {
        var byProvider: [ResourceProviderID: [ResourceClass: Int]] = [:]
        for (text, resources) in allocations {
            guard let id = ResourceProviderID(text) else {
                throw .badRequest(
                    "Allocation for resource provider '\(text)' that does not exist.", field: "allocations")
            }
            byProvider[id] = resources
        }
        let expectation: ConsumerClaim.Expectation =
            version < .consumerGenerations ? .any : generation.map { .exactly($0) } ?? .absent
        return ConsumerClaim(
            consumer: consumer, allocations: byProvider, project: project ?? options.placeholderProject,
            user: user ?? options.placeholderUser, type: type, generation: expectation)
    }
}

extension JSONValue {
    fileprivate var members: [Member] { if case .object(let members) = self { members } else { [] } }

    /// Whole numbers may be written with a fraction of zero.
    fileprivate var wholeNumber: Int? {
        switch self {
        case .integer(let number): number
        case .number(let number): Int(exactly: number)
        default: nil
        }
    }
}

/// The forms of bodies with allocations, by version.
enum ClaimSchema {
    private static let owner: [ObjectSchema.Property] = [
        .required("project_id", .identityID), .required("user_id", .identityID),
    ]
    private static let listed = Schema.array(
        of: .fields(
            .required("resource_provider", .fields(.required("uuid", .uuid))), .required("resources", .amounts)),
        minItems: 1, maxItems: nil, unique: false)
    private static func keyed(atLeast: Int) -> ObjectSchema.Property {
        .required(
            "allocations",
            .map(
                Schema.uuidPattern,
                .fields(.required("resources", .amounts), .optional("generation", .generation)), atLeast: atLeast))
    }
    private static let generation = ObjectSchema.Property.required("consumer_generation", .nullable(.generation))
    private static let mappings = ObjectSchema.Property.optional(
        "mappings", .map(nil, .array(of: .uuid, minItems: 1, maxItems: nil, unique: false), atLeast: 1))
    private static let type = ObjectSchema.Property.required(
        "consumer_type", .text(minLength: 1, maxLength: 255, pattern: "^[A-Z0-9_]+$", format: nil))

    /// One consumer; each form is named by the version that introduced it.
    static let v0 = Schema.fields(.required("allocations", listed))
    static let v8 = Schema.object(ObjectSchema([.required("allocations", listed)] + owner))
    static let v12 = Schema.object(ObjectSchema([keyed(atLeast: 1)] + owner))
    static let v13 = Schema.object(ObjectSchema([keyed(atLeast: 0)] + owner))
    static let v28 = Schema.object(ObjectSchema([keyed(atLeast: 0), generation] + owner))
    static let v34 = Schema.object(ObjectSchema([keyed(atLeast: 0), generation, mappings] + owner))
    static let v38 = Schema.object(ObjectSchema([keyed(atLeast: 0), generation, mappings, type] + owner))

    /// Several consumers.
    static func many(_ one: Schema, atLeast: Int = 1) -> Schema { .map(Schema.uuidPattern, one, atLeast: atLeast) }
}
