import Model

/// The JSON Schema documents that clients read: glanceclient before it creates or changes an image, and Nova for the disk formats.
struct SchemaDocuments: Sendable {
    let options: ImageOptions

    /// By the last segment of the path.
    var all: [(name: String, document: JSONValue)] {
        [
            ("image", image), ("images", list("images", of: image)), ("member", member),
            ("members", list("members", of: member)), ("task", task), ("tasks", list("tasks", of: task)),
        ]
    }

    private static let uuid = "^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$"

    private var image: JSONValue {
        .object([
            .init("name", .text("image")), .init("properties", .object(fields + served + [locations])),
            .init("additionalProperties", .object([.init("type", .text("string"))])),
            .init(
                "links",
                .array([
                    Self.link("self", "{self}"), Self.link("enclosure", "{file}"), Self.link("describedby", "{schema}"),
                ])),
        ])
    }

    /// What clients set.
    private var fields: [JSONValue.Member] {
        [
            Self.property("id", "string", "An identifier for the image", [.init("pattern", .text(Self.uuid))]),
            Self.property(
                "name", nullable: "string", "Descriptive name for the image", [.init("maxLength", .integer(255))]),
            Self.property(
                "visibility", "string", "Scope of image accessibility",
                [.init("enum", .array(["community", "public", "private", "shared"].map { .text($0) }))]),
            Self.property("protected", "boolean", "If true, image will not be deletable."),
            Self.property(
                "os_hidden", "boolean", "If true, image will not appear in default image list response."),
            Self.property("owner", nullable: "string", "Owner of the image", [.init("maxLength", .integer(255))]),
            Self.property(
                "container_format", nullable: "string", "Format of the container",
                [Self.formats(options.containerFormats)]),
            Self.property("disk_format", nullable: "string", "Format of the disk", [Self.formats(options.diskFormats)]),
            Self.property("min_ram", "integer", "Amount of ram (in MB) required to boot image."),
            Self.property("min_disk", "integer", "Amount of disk space (in GB) required to boot image."),
            Self.property(
                "tags", "array", "List of strings related to the image",
                [
                    .init(
                        "items", .object([.init("type", .text("string")), .init("maxLength", .integer(255))]))
                ]),
        ]
    }

    /// What only the service says.
    private var served: [JSONValue.Member] {
        let readOnly = JSONValue.Member("readOnly", .bool(true))
        func length(_ most: Int) -> JSONValue.Member { .init("maxLength", .integer(most)) }
        return [
            Self.property(
                "status", "string", "Status of the image",
                [readOnly, .init("enum", .array(ImageSchema.statuses.map { .text($0) }))]),
            Self.property("checksum", nullable: "string", "md5 hash of image contents.", [readOnly, length(32)]),
            Self.property(
                "os_hash_algo", nullable: "string", "Algorithm to calculate the os_hash_value", [readOnly, length(64)]),
            Self.property(
                "os_hash_value", nullable: "string",
                "Hexdigest of the image contents using the algorithm specified by the os_hash_algo",
                [readOnly, length(128)]),
            Self.property("size", nullable: "integer", "Size of image file in bytes", [readOnly]),
            Self.property("virtual_size", nullable: "integer", "Virtual size of image in bytes", [readOnly]),
            Self.property("created_at", "string", "Date and time of image registration", [readOnly]),
            Self.property("updated_at", "string", "Date and time of the last image modification", [readOnly]),
            Self.property(
                "direct_url", "string", "URL to access the image file kept in external store", [readOnly]),
            Self.property("self", "string", "An image self url", [readOnly]),
            Self.property("file", "string", "An image file url", [readOnly]),
            Self.property("schema", "string", "An image schema url", [readOnly]),
            Self.property(
                "stores", "string", "Stores that hold the image's data, separated by commas", [readOnly]),
        ]
    }

    private var locations: JSONValue.Member {
        let item = JSONValue.object([
            .init("type", .text("object")),
            .init(
                "properties",
                .object([
                    Self.property("url", "string", "Where the data are", [.init("maxLength", .integer(255))]),
                    Self.property("metadata", "object", "What the store notes"),
                ])),
            .init("required", .array([.text("url"), .text("metadata")])),
        ])
        return Self.property(
            "locations", "array", "A set of URLs to access the image file kept in external store",
            [.init("items", item)])
    }

    private var member: JSONValue {
        Self.closed(
            "member",
            [
                Self.property("member_id", "string", "An identifier for the image member (tenantId)"),
                Self.property(
                    "image_id", "string", "An identifier for the image", [.init("pattern", .text(Self.uuid))]),
                Self.property("created_at", "string", "Date and time of image member creation"),
                Self.property("updated_at", "string", "Date and time of last modification of image member"),
                Self.property(
                    "status", "string", "The status of this image member",
                    [.init("enum", .array(MemberStatus.allCases.map { .text($0.rawValue) }))]),
                Self.property("schema", "string", "A member schema url", [.init("readOnly", .bool(true))]),
            ])
    }

    private var task: JSONValue {
        Self.closed(
            "task",
            [
                Self.property("id", "string", "An identifier for the task", [.init("pattern", .text(Self.uuid))]),
                Self.property("type", "string", "The type of task represented by this content"),
                Self.property(
                    "status", "string", "The current status of this task",
                    [.init("enum", .array(TaskStatus.allCases.map { .text($0.rawValue) }))]),
                Self.property("input", nullable: "object", "The parameters required by task"),
                Self.property("result", nullable: "object", "The result of current task"),
                Self.property("owner", "string", "An identifier for the owner of this task"),
                Self.property("message", "string", "Human-readable informative message, about why a task failed"),
                Self.property("image_id", nullable: "string", "Image associated with the task"),
                Self.property("request_id", nullable: "string", "The request that started the task"),
                Self.property("user_id", nullable: "string", "The user who started the task"),
                Self.property("expires_at", nullable: "string", "When the task is forgotten"),
                Self.property("created_at", "string", "Datetime when this resource was created"),
                Self.property("updated_at", "string", "Datetime when this resource was updated"),
                Self.property("self", "string", "A task self url", [.init("readOnly", .bool(true))]),
                Self.property("schema", "string", "A task schema url", [.init("readOnly", .bool(true))]),
            ])
    }

    private static func closed(_ name: String, _ properties: [JSONValue.Member]) -> JSONValue {
        .object([
            .init("name", .text(name)), .init("properties", .object(properties)),
            .init("additionalProperties", .bool(false)),
        ])
    }

    private func list(_ name: String, of item: JSONValue) -> JSONValue {
        let address = JSONValue.object([.init("type", .text("string"))])
        return .object([
            .init("name", .text(name)),
            .init(
                "properties",
                .object([
                    .init(name, .object([.init("type", .text("array")), .init("items", item)])),
                    .init("first", address), .init("next", address), .init("schema", address),
                ])),
            .init(
                "links",
                .array([
                    Self.link("first", "{first}"), Self.link("next", "{next}"), Self.link("describedby", "{schema}"),
                ])),
        ])
    }

    private static func property(
        _ name: String, _ type: String, _ text: String, _ more: [JSONValue.Member] = []
    ) -> JSONValue.Member {
        .init(name, .object([.init("type", .text(type)), .init("description", .text(text))] + more))
    }

    private static func property(
        _ name: String, nullable type: String, _ text: String, _ more: [JSONValue.Member] = []
    ) -> JSONValue.Member {
        let types = JSONValue.array([.text("null"), .text(type)])
        return .init(name, .object([.init("type", types), .init("description", .text(text))] + more))
    }

    private static func formats(_ known: [String]) -> JSONValue.Member {
        .init("enum", .array([.null] + known.map { .text($0) }))
    }

    private static func link(_ relation: String, _ address: String) -> JSONValue {
        .object([.init("rel", .text(relation)), .init("href", .text(address))])
    }
}
