/// Why a text is not taken as YAML.
public enum YAMLFault: Error, Sendable, Equatable {
    /// What the parser says, in several lines.
    case malformed(String)
    case tooLarge

    /// Completes a sentence that begins with the text's name: "is not YAML: …".
    public var reason: String {
        switch self {
        case .malformed(let text): "is not YAML: \(text.split(separator: "\n").first.map(String.init) ?? "unreadable")"
        case .tooLarge: "holds more than \(BoundedYAML.mostValues) values, its references written out"
        }
    }
}
