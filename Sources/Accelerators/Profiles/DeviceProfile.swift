import API
import Conventions
import Model
import Store

/// A named list of request groups: what a server may ask for. Global, and never changed once made.
struct DeviceProfile: Sendable, Equatable {
    let id: DeviceProfileID
    let name: String
    let groups: [ProfileGroup]
    let description: String?
    let created: Timestamp
    let updated: Timestamp?

    static let columns: SQL = "uuid, name, groups, description, created_at, updated_at"

    init(_ row: borrowing Row) throws {
        id = try row[0]
        name = try row[1]
        groups = try JSONText.decode([ProfileGroup].self, from: try row[2])
        description = try row[3]
        created = try row[4]
        updated = try row[5]
    }
}

/// A device profile on the wire.
struct DeviceProfileView: Codable, Sendable {
    let uuid: String
    let name: String
    let groups: [[String: String]]
    @OrNull var description: String?
    let links: [WebLink]
    let createdAt: String
    @OrNull var updatedAt: String?

    enum CodingKeys: String, CodingKey {
        case uuid, name, groups, description, links
        case createdAt = "created_at"
        case updatedAt = "updated_at"
    }

    /// `isSingle`: the answer to a request for one profile prints times as Python's `str` does.
    init(_ profile: DeviceProfile, _ call: Call, isSingle: Bool = false) {
        uuid = "\(profile.id)"
        name = profile.name
        groups = profile.groups.map(\.entries)
        description = profile.description
        links = [WebLink(call, "device_profiles", "\(profile.id)")]
        if isSingle {
            func spaced(_ moment: Timestamp) -> String {
                String(moment.isoOffset.map { $0 == "T" ? " " : $0 })
            }
            createdAt = spaced(profile.created)
            updatedAt = profile.updated.map(spaced) ?? "None"
        } else {
            createdAt = profile.created.isoOffset
            updatedAt = profile.updated?.isoOffset
        }
    }
}

struct DeviceProfileListView: Codable, Sendable {
    let profiles: [DeviceProfileView]
    let pages: [WebLink]?

    enum CodingKeys: String, CodingKey {
        case profiles = "device_profiles"
        case pages = "device_profiles_links"
    }
}

struct WrappedDeviceProfileView: Codable, Sendable {
    let profile: DeviceProfileView

    enum CodingKeys: String, CodingKey {
        case profile = "device_profile"
    }
}

/// What is wanted of a new device profile.
struct DeviceProfileBody: Decodable, Sendable, SchemaProviding {
    let uuid: String?
    let name: String?
    let groups: [[String: Scalar]]?
    let description: Scalar?

    /// Looser than the rules where published clients count on a status that the rules give.
    static let schema = Schema.object(
        ObjectSchema(
            [
                .init("name", .nullable(.string), required: false),
                .init("uuid", .nullable(.string), required: false),
                .init("description", .nullable(.anyOf([.string, .number])), required: false),
                .init(
                    "groups",
                    .array(
                        .object(
                            ObjectSchema([], others: .each(keyPattern: nil, .anyOf([.string, .number]))))),
                    required: false),
            ], others: .ignored))
}
