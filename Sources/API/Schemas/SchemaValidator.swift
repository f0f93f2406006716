import Model

extension Schema {
    /// Nil when `value` has the schema's form; else the first thing that is wrong, and where.
    func problem(with value: JSONValue, at path: String = "") -> SchemaProblem? {
        switch self {
        case .any: return nil
        case .boolean:
            guard case .bool = value else { return wrongType(value, path, "a boolean") }
        case .integerRange(let lower, let upper):
            guard let number = value.whole else { return wrongType(value, path, "an integer") }
            if let lower, number < Double(lower) {
                return SchemaProblem(path, "\(value.shown) is less than the minimum of \(lower)")
            }
            if let upper, number > Double(upper) {
                return SchemaProblem(path, "\(value.shown) is greater than the maximum of \(upper)")
            }
        case .numberRange(let lower, let upper):
            let number: Double
            switch value {
            case .integer(let whole): number = Double(whole)
            case .number(let double): number = double
            default: return wrongType(value, path, "a number")
            }
            if let lower, number < lower {
                return SchemaProblem(path, "\(value.shown) is less than the minimum of \(lower)")
            }
            if let upper, number > upper {
                return SchemaProblem(path, "\(value.shown) is greater than the maximum of \(upper)")
            }
        case .text(let minLength, let maxLength, let pattern, _):
            guard case .text(let text) = value else { return wrongType(value, path, "a string") }
            let length = text.unicodeScalars.count
            if let minLength, length < minLength {
                return SchemaProblem(path, "\(value.shown) is too short; at least \(minLength) characters are needed")
            }
            if let maxLength, length > maxLength {
                return SchemaProblem(path, "\(value.shown) is too long; at most \(maxLength) characters are possible")
            }
            if let pattern, !Pattern.matches(text, pattern) {
                return SchemaProblem(path, "\(value.shown) does not match '\(pattern)'")
            }
        case .oneOfTexts(let choices):
            guard case .text(let text) = value, choices.contains(text) else {
                return SchemaProblem(
                    path, "\(value.shown) is not one of \(choices.map { "'\($0)'" }.joined(separator: ", "))")
            }
        case .array(let element, let minItems, let maxItems, let unique):
            return arrayProblem(value, path, element, minItems, maxItems, unique)
        case .object(let schema): return schema.problem(with: value, at: path)
        case .nullable(let schema): return value == .null ? nil : schema.problem(with: value, at: path)
        case .anyOf(let schemas):
            let problems = schemas.map { $0.problem(with: value, at: path) }
            guard !problems.contains(nil) else { return nil }
            // The alternative that got furthest says best what was meant.
            return problems.compactMap { $0 }.max { $0.depth < $1.depth }
        case .named(_, let schema): return schema.problem(with: value, at: path)
        }
        return nil
    }

    private func wrongType(_ value: JSONValue, _ path: String, _ wanted: String) -> SchemaProblem {
        SchemaProblem(path, "\(value.shown) is \(value.typeName), which must be \(wanted)")
    }

    private func arrayProblem(
        _ value: JSONValue, _ path: String, _ element: Schema, _ minItems: Int?, _ maxItems: Int?, _ unique: Bool
    ) -> SchemaProblem? {
        guard case .array(let elements) = value else { return wrongType(value, path, "an array") }
        if let minItems, elements.count < minItems {
            return SchemaProblem(path, "\(value.shown) is too short; at least \(minItems) elements are needed")
        }
        if let maxItems, elements.count > maxItems {
            return SchemaProblem(path, "it has \(elements.count) elements; at most \(maxItems) are possible")
        }
        if unique {
            var seen: Set<String> = []
            for item in elements where !seen.insert(item.shown).inserted {
                return SchemaProblem(path, "\(item.shown) stands in it more than once")
            }
        }
        for (index, item) in elements.enumerated() {
            if let problem = element.problem(with: item, at: "\(path)[\(index)]") { return problem }
        }
        return nil
    }
}

extension ObjectSchema {
    func problem(with value: JSONValue, at path: String) -> SchemaProblem? {
        guard case .object(let members) = value else {
            return SchemaProblem(path, "\(value.shown) is \(value.typeName), which must be an object")
        }
        for property in properties where property.isRequired {
            guard members.contains(where: { $0.name == property.name }) else {
                return SchemaProblem(
                    SchemaProblem.join(path, property.name), "'\(property.name)' is a required property")
            }
        }
        if let minProperties, members.count < minProperties {
            return SchemaProblem(path, "\(value.shown) has too few members; at least \(minProperties) are needed")
        }
        for member in members {
            let place = SchemaProblem.join(path, member.name)
            if let property = properties.first(where: { $0.name == member.name }) {
                if let problem = property.schema.problem(with: member.value, at: place) { return problem }
                continue
            }
            switch others {
            case .ignored: continue
            case .refused:
                return SchemaProblem(
                    place,
                    "Additional properties are not allowed ('\(member.name.prefix(80))' was unexpected)")
            case .each(let pattern, let schema):
                if let pattern, !Pattern.matches(member.name, pattern) {
                    return SchemaProblem(
                        place, "'\(member.name.prefix(80))' does not match '\(pattern)', as names here must")
                }
                if let problem = schema.problem(with: member.value, at: place) { return problem }
            }
        }
        return nil
    }
}

/// What is wrong with a value, and where: `groups[0].trait:CUSTOM_X`.
struct SchemaProblem: Sendable, Equatable {
    let path: String
    let reason: String

    init(_ path: String, _ reason: String) {
        self.path = path
        self.reason = reason
    }

    /// How far into the value it lies.
    var depth: Int { path.isEmpty ? 0 : 1 + path.utf8.count { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "[") } }

    static func join(_ path: String, _ name: String) -> String {
        path.isEmpty ? String(name.prefix(80)) : "\(path).\(name.prefix(80))"
    }

    var fault: Fault {
        .badRequest(path.isEmpty ? reason : "Invalid input for field/attribute \(path). \(reason)", field: path)
    }
}

extension JSONValue {
    /// The number where it is a whole one, `2.0` included, as JSON Schema has it.
    fileprivate var whole: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value) where value.rounded() == value && abs(value) < 9e15: value
        default: nil
        }
    }
}
