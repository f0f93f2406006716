import Model

extension Schema {
    /// The schema as JSON Schema 2020-12; named schemas are put into `components` and referenced.
    func openAPI(_ components: inout [String: Schema]) -> JSONValue {
        switch self {
        case .any: return .object([])
        case .boolean: return .object([.init("type", .text("boolean"))])
        case .integerRange(let lower, let upper):
            var members: [JSONValue.Member] = [.init("type", .text("integer"))]
            if let lower { members.append(.init("minimum", .integer(lower))) }
            if let upper { members.append(.init("maximum", .integer(upper))) }
            return .object(members)
        case .numberRange(let lower, let upper):
            var members: [JSONValue.Member] = [.init("type", .text("number"))]
            if let lower { members.append(.init("minimum", .number(lower))) }
            if let upper { members.append(.init("maximum", .number(upper))) }
            return .object(members)
        case .text(let minLength, let maxLength, let pattern, let format):
            var members: [JSONValue.Member] = [.init("type", .text("string"))]
            if let minLength { members.append(.init("minLength", .integer(minLength))) }
            if let maxLength { members.append(.init("maxLength", .integer(maxLength))) }
            if let pattern { members.append(.init("pattern", .text(pattern))) }
            // A format promises more than the pattern beside it; the pattern is what is enforced.
            if let format, pattern == nil { members.append(.init("format", .text(format))) }
            return .object(members)
        case .oneOfTexts(let texts):
            return .object([.init("type", .text("string")), .init("enum", .array(texts.map(JSONValue.text)))])
        case .array(let element, let minItems, let maxItems, let unique):
            var members: [JSONValue.Member] = [
                .init("type", .text("array")), .init("items", element.openAPI(&components)),
            ]
            if let minItems { members.append(.init("minItems", .integer(minItems))) }
            if let maxItems { members.append(.init("maxItems", .integer(maxItems))) }
            if unique { members.append(.init("uniqueItems", .bool(true))) }
            return .object(members)
        case .object(let object): return object.openAPI(&components)
        case .nullable(let schema):
            return .object([
                .init("anyOf", .array([schema.openAPI(&components), .object([.init("type", .text("null"))])]))
            ])
        case .anyOf(let schemas):
            return .object([.init("anyOf", .array(schemas.map { $0.openAPI(&components) }))])
        case .named(let name, let schema):
            components[name] = schema
            return .object([.init("$ref", .text("#/components/schemas/\(name)"))])
        }
    }
}

extension ObjectSchema {
    func openAPI(_ components: inout [String: Schema]) -> JSONValue {
        var members: [JSONValue.Member] = [.init("type", .text("object"))]
        if !properties.isEmpty {
            var described: [JSONValue.Member] = []
            for property in properties { described.append(.init(property.name, property.schema.openAPI(&components))) }
            members.append(.init("properties", .object(described)))
        }
        let required = properties.filter(\.isRequired).map { JSONValue.text($0.name) }
        if !required.isEmpty { members.append(.init("required", .array(required))) }
        switch others {
        case .refused: members.append(.init("additionalProperties", .bool(false)))
        case .ignored: break
        case .each(let pattern, let schema):
            if let pattern {
                members.append(.init("patternProperties", .object([.init(pattern, schema.openAPI(&components))])))
                members.append(.init("additionalProperties", .bool(false)))
            } else {
                members.append(.init("additionalProperties", schema.openAPI(&components)))
            }
        }
        if let minProperties { members.append(.init("minProperties", .integer(minProperties))) }
        return .object(members)
    }
}
