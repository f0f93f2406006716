import API

/// The forms of images on the wire, as the OpenAPI document and the validator know them.
struct ImageSchema: Sendable {
    let options: ImageOptions

    static let longestValue = 65_535
    static let longestText = 255

    private static let text = Schema.text(minLength: nil, maxLength: longestText, pattern: nil, format: nil)
    private static let custom = ObjectSchema.Others.each(
        keyPattern: nil, .text(minLength: nil, maxLength: longestValue, pattern: nil, format: nil))
    /// Also of those that only the service sets, and that only older records have.
    static let statuses = [
        "queued", "saving", "active", "killed", "deleted", "uploading", "importing", "pending_delete", "deactivated",
    ]

    /// What a client may say of a new image. What only the service says is refused by name, not by form.
    var creation: Schema {
        let own = fields.map { ObjectSchema.Property($0.name, $0.schema, required: false) }
        let foreign = ImageNames.readOnly.union(ImageNames.unreadable).subtracting(["id"]).sorted().map {
            ObjectSchema.Property($0, .any, required: false)
        }
        let id = ObjectSchema.Property("id", .uuid, required: false)
        return .object(ObjectSchema([id] + own + foreign, others: Self.custom))
    }

    /// An image as it is shown.
    var image: Schema {
        .named(
            "Image",
            .object(
                ObjectSchema(
                    fields + [
                        .init("id", .uuid), .init("status", .oneOfTexts(Self.statuses)),
                        .init("size", .nullable(.integer)), .init("virtual_size", .nullable(.integer)),
                        .init("checksum", .nullable(.string)), .init("os_hash_algo", .nullable(.string)),
                        .init("os_hash_value", .nullable(.string)), .init("created_at", .string),
                        .init("updated_at", .string), .init("self", .string), .init("file", .string),
                        .init("schema", .string), .init("stores", .string, required: false),
                    ], others: Self.custom)))
    }

    var list: Schema {
        .fields(
            .required("images", .array(image)), .required("first", .string), .required("schema", .string),
            .optional("next", .string))
    }

    /// What clients set, and everybody sees.
    private var fields: [ObjectSchema.Property] {
        [
            .init("name", .nullable(Self.text)),
            .init("visibility", .oneOfTexts(ImageVisibility.allCases.map(\.rawValue))),
            .init("protected", .boolean), .init("os_hidden", .boolean), .init("owner", .nullable(Self.text)),
            .init("container_format", .nullable(.oneOfTexts(options.containerFormats))),
            .init("disk_format", .nullable(.oneOfTexts(options.diskFormats))),
            .init("min_disk", .integerRange(0, Int(Int32.max))), .init("min_ram", .integerRange(0, Int(Int32.max))),
            .init("tags", .array(Self.text)),
        ]
    }

    /// The documents of changes, by media type: the current form, and the one from before RFC 6902.
    static let changes: Schema = .array(
        .object(
            ObjectSchema(
                [
                    .init("op", .string, required: false), .init("path", .string, required: false),
                    .init("value", .any, required: false), .init("add", .string, required: false),
                    .init("replace", .string, required: false), .init("remove", .string, required: false),
                ], others: .ignored)))
}
