import API
import Model

/// The body of `POST /resource_providers` and `PUT /resource_providers/{uuid}`.
struct ProviderBody: Decodable, Sendable {
    let name: String
    let id: ResourceProviderID?
    let place: ProviderBook.Place

    enum CodingKeys: String, CodingKey {
        case name
        case id = "uuid"
        case parent = "parent_provider_uuid"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        id = try container.decodeIfPresent(ResourceProviderID.self, forKey: .id)
        if let parent = try container.decodeIfPresent(ResourceProviderID.self, forKey: .parent) {
            place = .below(parent)
        } else {
            place = container.contains(.parent) ? .root : .unchanged
        }
    }

    var parent: ResourceProviderID? { if case .below(let parent) = place { parent } else { nil } }

    private static let name = ObjectSchema.Property.required(
        "name", .text(minLength: nil, maxLength: 200, pattern: nil, format: nil))
    private static let parent = ObjectSchema.Property.optional("parent_provider_uuid", .nullable(.uuid))

    static let creation = Schema.fields(name, .optional("uuid", .uuid))
    static let nestedCreation = Schema.fields(name, .optional("uuid", .uuid), parent)
    static let change = Schema.fields(name)
    static let nestedChange = Schema.fields(name, parent)
}
