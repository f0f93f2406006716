public import Model

/// An image as its service describes it.
public struct SourceImage: Sendable, Equatable {
    public let id: ImageID
    public let name: String?
    /// `active`, `queued`, `deactivated`, …
    public let status: String
    /// Bytes; nil before there are data.
    public let size: Int?
    /// Nil before there are data, and for a hash of an algorithm that does not count.
    public let digest: ImageDigest?
    /// The algorithm of its hash, whether or not it counts.
    public let algorithm: String?
    /// What its owner noted, and what the service noted as text.
    public let properties: [String: String]

    public init(
        id: ImageID, name: String? = nil, status: String, size: Int?, digest: ImageDigest?, algorithm: String? = nil,
        properties: [String: String] = [:]
    ) {
        self.id = id
        self.name = name
        self.status = status
        self.size = size
        self.digest = digest
        self.algorithm = algorithm ?? digest?.algorithm.rawValue
        self.properties = properties
    }
}

extension SourceImage: Decodable {
    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// What stands beside the properties in a record and is none.
    private static let own: Set<String> = [
        "id", "name", "status", "size", "virtual_size", "checksum", "os_hash_algo", "os_hash_value", "self", "file",
        "schema", "created_at", "updated_at", "owner", "visibility", "protected", "os_hidden", "tags", "min_disk",
        "min_ram", "locations", "direct_url", "stores", "container_format", "disk_format",
    ]

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Name.self)
        func text(_ name: String) throws -> String? {
            try container.decodeIfPresent(String.self, forKey: Name(stringValue: name))
        }
        let idText = try text("id") ?? ""
        guard let id = ImageID(idText), let status = try text("status") else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: container.codingPath, debugDescription: "an image has a UUID and a status"))
        }
        let algorithm = try text("os_hash_algo")
        let value = try text("os_hash_value")
        var properties: [String: String] = [:]
        for key in container.allKeys where !Self.own.contains(key.stringValue) {
            guard let text = try? container.decode(String.self, forKey: key) else { continue }
            properties[key.stringValue] = text
        }
        self.init(
            id: id, name: try text("name"), status: status,
            size: try container.decodeIfPresent(Int.self, forKey: Name(stringValue: "size")),
            digest: algorithm.flatMap { algorithm in value.flatMap { ImageDigest(algorithm, $0) } },
            algorithm: algorithm, properties: properties)
    }
}
