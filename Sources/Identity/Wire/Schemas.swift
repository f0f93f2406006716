import API

/// Schemas that bodies share, with Keystone's lengths.
extension Schema {
    static let resourceName = Schema.text(minLength: 1, maxLength: 255, pattern: nil, format: nil)
    static let identifier = Schema.text(minLength: 1, maxLength: 64, pattern: nil, format: nil)
    static let description = Schema.nullable(.text(minLength: nil, maxLength: 65_535, pattern: nil, format: nil))
    static let optionalIdentifier = Schema.nullable(.identifier)
    static let password = Schema.text(minLength: 1, maxLength: 4096, pattern: nil, format: "password")
    static let limitValue = Schema.integerRange(-1, 2_147_483_647)
    static let tags = Schema.array(
        of: .text(minLength: 1, maxLength: 255, pattern: "^[^,/]*$", format: nil), minItems: nil, maxItems: 80,
        unique: true)

    /// `{"key": {…}}`; `others` says what happens to members without a column.
    static func wrapped(
        _ key: String, _ properties: [ObjectSchema.Property], others: ObjectSchema.Others = .ignored
    ) -> Schema {
        .object(
            ObjectSchema([.init(key, .object(ObjectSchema(properties, others: others)))], others: .ignored))
    }

    /// A response with one object under `key`.
    static func answer(_ key: String) -> Schema {
        .object(
            ObjectSchema([
                .required(key, AnswerForms.one(key)),
                .optional("links", .object(ObjectSchema([.required("self", .string)]))),
            ]))
    }

    /// A response with a list under `key`, the plural.
    static func answers(_ key: String) -> Schema {
        let links = ObjectSchema([
            .required("self", .string), .optional("next", .nullable(.string)),
            .optional("previous", .nullable(.string)),
        ])
        return .object(
            ObjectSchema([
                .required(key, .array(AnswerForms.element(of: key))), .required("links", .object(links)),
                .optional("truncated", .boolean),
            ]))
    }
}

extension ObjectSchema.Property {
    static let immutable = ObjectSchema.Property.optional(
        "options", .object(ObjectSchema([.optional("immutable", .nullable(.boolean))])))
}

extension Endpoint.Answer {
    static func one(_ key: String, status: Int = 200) -> Endpoint.Answer {
        Endpoint.Answer(status: status, schema: .answer(key))
    }

    static func many(_ key: String) -> Endpoint.Answer { Endpoint.Answer(status: 200, schema: .answers(key)) }
}

extension QueryRules {
    /// The filters of a list, for the OpenAPI document. Other parameters are ignored.
    static func filters(_ names: String..., flags: [String] = []) -> QueryRules {
        QueryRules(
            names.map { QueryParameter<String>($0, "Only entries with this \($0).", repeatable: true).description }
                + flags.map { QueryParameter<Bool>($0, "Only entries with this \($0).", repeatable: true).description }
                + [
                    QueryParameter<Int>("limit", "Maximum number of entries.").description,
                    QueryParameter<String>("marker", "Only entries after the one with this id.").description,
                ], unknown: .collect)
    }
}
