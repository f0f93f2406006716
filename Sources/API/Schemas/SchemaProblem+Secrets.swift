import Model

extension SchemaProblem {
    private static let secretWords = ["password", "secret", "passcode", "token", "auth"]

    /// Whether the wrong value may be, or may contain, a secret.
    var mayShowSecret: Bool {
        let path = path.lowercased()
        return Self.secretWords.contains { path.contains($0) } || reason.hasPrefix("{") || reason.hasPrefix("[")
    }

    /// The same fault without the value.
    var faultWithoutValue: Fault {
        let wanted =
            switch keyword {
            case "required", "additionalProperties", "maxItems": reason
            case "type": "the value is of another type than is wanted"
            case "minLength", "minItems": "the value is too short"
            case "maxLength": "the value is too long"
            case "pattern", "format": "the value does not have the form that is wanted"
            case "enum": "the value is none of those that are possible"
            case "minimum", "maximum": "the value is out of range"
            case "uniqueItems": "an element stands in it more than once"
            case "minProperties": "it has too few members"
            default: "the value is not as wanted (\(keyword))"
            }
        let path = path
        return .badRequest(path.isEmpty ? wanted : "Invalid input for field/attribute \(path). \(wanted)", field: path)
    }
}
