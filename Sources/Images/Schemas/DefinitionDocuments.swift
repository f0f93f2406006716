import Model

/// The JSON Schema documents of definitions of metadata, which glanceclient reads before it sends one.
enum DefinitionDocuments {
    /// By what follows `/v2/schemas/`.
    static let all: [(name: String, document: JSONValue)] = [
        ("metadefs/namespace", document("namespace", namespace, required: ["namespace"])),
        ("metadefs/namespaces", list("namespaces", of: object(namespace))),
        ("metadefs/resource_type", document("resource_type_association", association, required: ["name"])),
        ("metadefs/resource_types", list("resource_type_associations", of: object(association))),
        ("metadefs/object", document("object", definedObject, required: ["name"])),
        ("metadefs/objects", list("objects", of: object(definedObject))),
        ("metadefs/property", document("property", [name] + property, required: ["name", "type", "title"])),
        (
            "metadefs/properties",
            .object([
                .init("name", .text("properties")), .init("properties", .object([properties])),
                .init("additionalProperties", .bool(false)),
            ])
        ),
        ("metadefs/tag", document("tag", [name] + times, required: ["name"])),
        ("metadefs/tags", list("tags", of: object([name] + times))),
    ]

    private static let name = text("name", most: 80)

    private static let namespace: [JSONValue.Member] =
        [
            text("namespace", "The unique namespace text.", most: 80),
            text("display_name", "The user friendly name for the namespace. Used by UI if available.", most: 80),
            text("description", "Provides a user friendly description of the namespace.", most: 500),
            member("visibility", "string", [.init("enum", .array([.text("public"), .text("private")]))]),
            member("protected", "boolean"), text("owner", "Owner of the namespace.", most: 255),
            array("resource_type_associations", of: object(association)), properties,
            array("objects", of: object(definedObject)), array("tags", of: object([name] + times)),
        ] + links + times

    private static let association: [JSONValue.Member] =
        [
            text("name", "Resource type names should be aligned with Heat resource types whenever possible.", most: 80),
            text("prefix", "Stands before the names of properties where this type has them.", most: 80),
            text("properties_target", "Which of several kinds of metadata of the resource is meant.", most: 80),
        ] + times

    private static let definedObject: [JSONValue.Member] =
        [
            name, text("description"), array("required", of: .object([.init("type", .text("string"))])), properties,
        ] + links + times

    private static let properties = member(
        "properties", "object",
        [.init("additionalProperties", object(property, required: ["type", "title"]))])

    /// Of a property, without its name.
    private static let property: [JSONValue.Member] = [
        text("title"), text("description"),
        member(
            "type", "string",
            [
                .init(
                    "enum",
                    .array(["array", "boolean", "integer", "number", "object", "string", "null"].map { .text($0) }))
            ]),
        array("operators", of: .object([.init("type", .text("string"))])), .init("default", .object([])),
        member("readonly", "boolean"), member("minimum", "number"), member("maximum", "number"),
        member("enum", "array"), text("pattern"), count("minLength"), count("maxLength"), member("items", "object"),
        member("uniqueItems", "boolean"), count("minItems"), count("maxItems"), member("additionalItems", "boolean"),
    ]

    private static let times = [served("created_at"), served("updated_at")]
    private static let links = [served("self"), served("schema")]

    private static func served(_ name: String) -> JSONValue.Member {
        member(name, "string", [.init("readOnly", .bool(true))])
    }

    private static func text(_ name: String, _ meaning: String? = nil, most: Int? = nil) -> JSONValue.Member {
        var more: [JSONValue.Member] = []
        if let meaning { more.append(.init("description", .text(meaning))) }
        if let most { more.append(.init("maxLength", .integer(most))) }
        return member(name, "string", more)
    }

    private static func count(_ name: String) -> JSONValue.Member {
        member(name, "integer", [.init("minimum", .integer(0))])
    }

    private static func array(_ name: String, of item: JSONValue) -> JSONValue.Member {
        member(name, "array", [.init("items", item)])
    }

    private static func member(_ name: String, _ type: String, _ more: [JSONValue.Member] = []) -> JSONValue.Member {
        .init(name, .object([.init("type", .text(type))] + more))
    }

    private static func object(_ properties: [JSONValue.Member], required: [String] = []) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("type", .text("object")), .init("properties", .object(properties)),
        ]
        if !required.isEmpty { members.append(.init("required", .array(required.map { .text($0) }))) }
        return .object(members)
    }

    private static func document(
        _ name: String, _ properties: [JSONValue.Member], required: [String]
    ) -> JSONValue {
        .object([
            .init("name", .text(name)), .init("properties", .object(properties)),
            .init("required", .array(required.map { .text($0) })), .init("additionalProperties", .bool(false)),
        ])
    }

    private static func list(_ name: String, of item: JSONValue) -> JSONValue {
        let address = JSONValue.object([.init("type", .text("string"))])
        func link(_ relation: String) -> JSONValue {
            .object([.init("rel", .text(relation)), .init("href", .text("{\(relation)}"))])
        }
        return .object([
            .init("name", .text(name)),
            .init(
                "properties",
                .object([
                    array(name, of: item), .init("first", address), .init("next", address), .init("schema", address),
                ])),
            .init("links", .array([link("first"), link("next")])),
        ])
    }
}
