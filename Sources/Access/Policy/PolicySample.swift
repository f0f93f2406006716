/// A policy file with every rule of a service, its default, its scopes and the calls it guards, all commented out: what an
/// operator starts from.
public enum PolicySample {
    public static func text(_ rules: [PolicyRule]) -> String {
        var text =
            "# Every rule with its default. Take the '#' away from a rule's line and change it; what is not here keeps\n"
        text += "# its default. Files are read again when they change.\n"
        for rule in rules {
            text += "\n"
            if !rule.description.isEmpty { text += "# \(rule.description)\n" }
            for operation in rule.operations { text += "# \(operation.method) \(operation.path)\n" }
            if !rule.scopes.isEmpty {
                text += "# Token for: \(rule.scopes.map(\.rawValue).sorted().joined(separator: ", "))\n"
            }
            text += "#\(quoted(rule.name)): \(quoted(rule.check))\n"
        }
        return text
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
