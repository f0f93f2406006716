import API

/// The forms of definitions on the wire.
enum DefinitionForms {
    /// Members that the service says. Clients that send what they got may leave them in; they change nothing.
    static let served: Set<String> = ["self", "schema", "created_at", "updated_at"]

    private static let name = Schema.text(minLength: 1, maxLength: 80, pattern: nil, format: nil)
    private static let short = Schema.text(minLength: nil, maxLength: 80, pattern: nil, format: nil)
    private static let long = Schema.text(minLength: nil, maxLength: 500, pattern: nil, format: nil)
    private static let count = Schema.integerRange(0, 2_147_483_647)
    private static let echo = served.sorted().map { ObjectSchema.Property($0, .any, required: false) }

    /// Of a property, without its name.
    private static let property: [ObjectSchema.Property] = [
        .required("title", .string),
        .required("type", .oneOfTexts(["array", "boolean", "integer", "number", "object", "string", "null"])),
        .optional("description", .nullable(.string)), .optional("operators", .array(.string)),
        .optional("default", .any), .optional("readonly", .boolean), .optional("minimum", .number),
        .optional("maximum", .number), .optional("enum", .array(.any)), .optional("pattern", .string),
        .optional("minLength", count), .optional("maxLength", count), .optional("items", .object(items)),
        .optional("uniqueItems", .boolean), .optional("minItems", count), .optional("maxItems", count),
        .optional("additionalItems", .boolean),
    ]

    private static let items = ObjectSchema(
        [.optional("type", .string), .optional("enum", .array(.any))], others: .ignored)

    private static let properties = Schema.object(
        ObjectSchema(
            [], others: .each(keyPattern: "^.{1,80}$", .object(ObjectSchema([.optional("name", name)] + property)))))

    /// What clients send, by kind.
    static func sent(_ kind: DefinitionItem.Kind) -> Schema {
        switch kind {
        case .property: .object(ObjectSchema([.required("name", name)] + property + echo))
        case .tag: .object(ObjectSchema([.required("name", name)] + echo))
        case .object:
            .object(
                ObjectSchema(
                    [
                        .required("name", name), .optional("description", .nullable(long)),
                        .optional("required", .array(.string)), .optional("properties", properties),
                    ] + echo))
        }
    }

    /// What they get.
    static func shown(_ kind: DefinitionItem.Kind) -> Schema {
        switch kind {
        case .property: .object(ObjectSchema([.required("name", name)] + property))
        case .tag: .object(ObjectSchema([.required("name", name)] + times))
        case .object:
            .object(
                ObjectSchema(
                    [
                        .required("name", name), .optional("description", .nullable(long)),
                        .required("required", .array(.string)), .required("properties", properties),
                    ] + times + links))
        }
    }

    static func list(_ kind: DefinitionItem.Kind) -> Schema {
        if kind == .property { return .object(ObjectSchema([.required("properties", properties)])) }
        return .object(
            ObjectSchema([
                .required("\(kind.rawValue)s", .array(shown(kind))), .required("first", .string),
                .required("schema", .string), .optional("next", .string),
            ]))
    }

    /// Several tags at once.
    static let sentTags = Schema.object(
        ObjectSchema([.required("tags", .array(sent(.tag)))], others: .ignored))
    static let shownTags = Schema.object(ObjectSchema([.required("tags", .array(shown(.tag)))]))

    static let sentAssociation = Schema.object(
        ObjectSchema(
            [
                .required("name", name), .optional("prefix", .nullable(short)),
                .optional("properties_target", .nullable(short)),
            ] + echo))
    static let shownAssociation = Schema.object(
        ObjectSchema(
            [.required("name", name), .optional("prefix", short), .optional("properties_target", short)] + times))
    static let associations = Schema.object(
        ObjectSchema([.required("resource_type_associations", .array(shownAssociation))]))
    static let types = Schema.object(
        ObjectSchema([
            .required(
                "resource_types",
                .array(
                    .object(
                        ObjectSchema([
                            .required("name", .string), .optional("created_at", .string),
                            .optional("updated_at", .string),
                        ]))))
        ]))

    /// Of a namespace; a new one may bring what it holds.
    static let sentNamespace = Schema.object(
        ObjectSchema(
            namespace
                + [
                    .optional("protected", .boolean), .optional("visibility", visibility),
                    .optional("resource_type_associations", .array(sentAssociation)),
                    .optional("properties", properties), .optional("objects", .array(sent(.object))),
                    .optional("tags", .array(sent(.tag))),
                ] + echo))
    static let shownNamespace = Schema.object(
        ObjectSchema(
            namespace
                + [
                    .required("protected", .boolean), .required("visibility", visibility),
                    .optional("resource_type_associations", .array(shownAssociation)),
                    .optional("properties", properties), .optional("objects", .array(shown(.object))),
                    .optional("tags", .array(shown(.tag))),
                ] + times + links))
    static let namespaces = Schema.object(
        ObjectSchema([
            .required("namespaces", .array(shownNamespace)), .required("first", .string),
            .required("schema", .string), .optional("next", .string),
        ]))

    private static let namespace: [ObjectSchema.Property] = [
        .required("namespace", name), .optional("display_name", .nullable(short)),
        .optional("description", .nullable(long)),
        .optional("owner", .nullable(.text(minLength: nil, maxLength: 255, pattern: nil, format: nil))),
    ]
    private static let visibility = Schema.oneOfTexts(DefinitionNamespace.Visibility.allCases.map(\.rawValue))
    private static let times: [ObjectSchema.Property] = [
        .required("created_at", .string), .required("updated_at", .string),
    ]
    private static let links: [ObjectSchema.Property] = [.required("self", .string), .required("schema", .string)]
}
