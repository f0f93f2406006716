import Model

extension Schema {
    /// Nil if `value` conforms to the schema; otherwise the first problem, and where it is.
    func problem(with value: JSONValue) -> SchemaProblem? {
        switch self {
        case .any: return nil
        case .boolean:
            guard case .bool = value else { return .wrongType(value, "boolean") }
        case .integerRange(let lower, let upper):
            guard let number = value.whole else { return .wrongType(value, "integer") }
            if let lower, number < Double(lower) { return .tooSmall(value, "\(lower)") }
            if let upper, number > Double(upper) { return .tooLarge(value, "\(upper)") }
        case .numberRange(let lower, let upper):
            let number: Double
            switch value {
            case .integer(let whole): number = Double(whole)
            case .number(let double): number = double
            default: return .wrongType(value, "number")
            }
            if let lower, number < lower { return .tooSmall(value, "\(lower)") }
            if let upper, number > upper { return .tooLarge(value, "\(upper)") }
        case .text(let minLength, let maxLength, let pattern, let format):
            guard case .text(let text) = value else { return .wrongType(value, "string") }
            let length = text.unicodeScalars.count
            if let minLength, length < minLength {
                return .length(value, "minLength", "too short; at least \(minLength) characters are needed")
            }
            if let maxLength, length > maxLength {
                return .length(value, "maxLength", "too long; at most \(maxLength) characters are possible")
            }
            if let pattern, !Pattern.matches(text, pattern) {
                return .unmatched(value, pattern, format: format)
            }
        case .oneOfTexts(let choices):
            guard case .text(let text) = value, choices.contains(text) else { return .noChoice(value, choices) }
        case .array(let element, let minItems, let maxItems, let unique):
            return arrayProblem(value, element, minItems, maxItems, unique)
        case .object(let schema): return schema.problem(with: value)
        case .nullable(let schema):
            guard value != .null, var problem = schema.problem(with: value) else { return nil }
            problem.admitNull()
            return problem
        case .anyOf(let schemas):
            let problems = schemas.map { $0.problem(with: value) }
            guard !problems.contains(nil) else { return nil }
            // The alternative that got furthest says best what was meant.
            return problems.compactMap { $0 }.max { $0.depth < $1.depth }
        case .named(_, let schema): return schema.problem(with: value)
        }
        return nil
    }

    private func arrayProblem(
        _ value: JSONValue, _ element: Schema, _ minItems: Int?, _ maxItems: Int?, _ unique: Bool
    ) -> SchemaProblem? {
        guard case .array(let elements) = value else { return .wrongType(value, "array") }
        if let minItems, elements.count < minItems {
            return .length(value, "minItems", "too short; at least \(minItems) elements are needed")
        }
        if let maxItems, elements.count > maxItems {
            return .tooMany(elements.count, maxItems)
        }
        if unique {
            var seen: Set<String> = []
            for item in elements where !seen.insert(item.written).inserted {
                return .repeated(item, of: value)
            }
        }
        for (index, item) in elements.enumerated() {
            if let problem = element.problem(with: item) { return problem.within(.element(index)) }
        }
        return nil
    }
}

extension ObjectSchema {
    /// Takes time in proportion to the number of members.
    func problem(with value: JSONValue) -> SchemaProblem? {
        guard case .object(let members) = value else { return .wrongType(value, "object") }
        var isPresent = [Bool](repeating: false, count: properties.count)
        for member in members {
            if let place = places[member.name] { isPresent[place] = true }
        }
        for (place, property) in properties.enumerated() where property.isRequired && !isPresent[place] {
            return .missing(property.name)
        }
        if let minProperties, members.count < minProperties { return .tooFewMembers(value, minProperties) }
        if case .ignored = others, members.count > properties.count + Self.mostIgnored {
            return .tooManyMembers(members.count, properties.count + Self.mostIgnored)
        }
        for member in members {
            if let property = places[member.name].map({ properties[$0] }) {
                if let problem = property.schema.problem(with: member.value) {
                    return problem.within(.member(member.name))
                }
                continue
            }
            switch others {
            case .ignored: continue
            case .refused: return .unexpected(member.name)
            case .each(let pattern, let schema):
                if let pattern, !Pattern.matches(member.name, pattern) { return .unmatchedName(member.name, pattern) }
                if let problem = schema.problem(with: member.value) {
                    return problem.within(.named(member.name, pattern: pattern))
                }
            }
        }
        return nil
    }
}

extension JSONValue {
    /// The complete value as text, to distinguish it from others.
    fileprivate var written: String {
        var writer = JSONWriter()
        writer.value(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// The number if it is whole, including `2.0`, as in JSON Schema.
    fileprivate var whole: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value) where value.rounded() == value && abs(value) < 9e15: value
        default: nil
        }
    }
}
