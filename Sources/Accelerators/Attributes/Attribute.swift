import API
import Conventions
import Model
import Store

/// A key and value of a deployable: reported by its driver, or added by an operator.
struct Attribute: Sendable, Equatable {
    let id: AttributeID
    let deployableNumber: Int
    let key: String
    let value: String
    let created: Timestamp
    let updated: Timestamp?

    /// For `FROM attributes a JOIN deployables p ON p.uuid = a.deployable`.
    static let columns: SQL = "a.uuid, p.number, a.key, a.value, a.created_at, a.updated_at"

    init(_ row: borrowing Row) throws {
        id = try row[0]
        deployableNumber = try row[1]
        key = try row[2]
        value = try row[3]
        created = try row[4]
        updated = try row[5]
    }
}

/// An attribute on the wire.
struct AttributeView: Codable, Sendable {
    let uuid: String
    let deployableID: Int
    let key: String
    let value: String
    let links: [WebLink]
    let createdAt: String
    @OrNull var updatedAt: String?

    enum CodingKeys: String, CodingKey {
        case uuid, key, value, links
        case deployableID = "deployable_id"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
    }

    init(_ attribute: Attribute, _ call: Call) {
        uuid = "\(attribute.id)"
        deployableID = attribute.deployableNumber
        key = attribute.key
        value = attribute.value
        links = [WebLink(call, "attributes", "\(attribute.id)")]
        createdAt = attribute.created.isoOffset
        updatedAt = attribute.updated?.isoOffset
    }
}

struct AttributeListView: Codable, Sendable {
    let attributes: [AttributeView]
    let pages: [WebLink]?

    enum CodingKeys: String, CodingKey {
        case attributes
        case pages = "attributes_links"
    }
}

/// What is wanted of a new attribute. Flat, or wrapped in `attribute` as openstacksdk sends it.
struct AttributeBody: Decodable, Sendable, SchemaProviding {
    let deployableNumber: Int
    let key: String
    let value: String

    enum CodingKeys: String, CodingKey {
        case key, value, attribute
        case deployableID = "deployable_id"
    }

    init(from decoder: any Decoder) throws {
        var container = try decoder.container(keyedBy: CodingKeys.self)
        if container.contains(.attribute) {
            container = try container.nestedContainer(keyedBy: CodingKeys.self, forKey: .attribute)
        }
        key = try container.decode(String.self, forKey: .key)
        value = try container.decode(Scalar.self, forKey: .value).text
        let number = try container.decode(Scalar.self, forKey: .deployableID).text
        guard let number = Int(number) else {
            throw DecodingError.dataCorruptedError(
                forKey: .deployableID, in: container, debugDescription: "must be a whole number")
        }
        deployableNumber = number
    }

    private static let flat = Schema.object(
        ObjectSchema(
            [
                .init(
                    "deployable_id",
                    .anyOf([
                        Int.schema, .text(minLength: 1, maxLength: 15, pattern: "^[0-9]+$", format: nil),
                    ])),
                .init("key", .text(minLength: 1, maxLength: 65_535, pattern: nil, format: nil)),
                .init(
                    "value",
                    .anyOf([.text(minLength: 0, maxLength: 65_535, pattern: nil, format: nil), .number])),
            ], others: .ignored))

    static let schema = Schema.anyOf([
        flat, .object(ObjectSchema([.init("attribute", flat)], others: .ignored)),
    ])
}
