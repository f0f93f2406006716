import YAML
import Yams

/// A policy file: names and rules in oslo.policy's language, YAML or JSON.
public struct PolicyDocument: Sendable, Equatable {
    /// The document's origin, for messages.
    public let name: String
    let rules: [Rule]

    struct Rule: Sendable, Equatable {
        let name: String
        let check: PolicyCheck
    }

    /// Throws for text that is not a mapping of names to rules. The message names the rule.
    public init(_ text: String, name: String) throws(PolicyError) {
        self.name = name
        let root: Node?
        do {
            root = try BoundedYAML.compose(text)
        } catch .malformed(let reason) {
            throw PolicyError("\(name) is neither YAML nor JSON: \(reason)")
        } catch {
            throw PolicyError("\(name) \(error.reason)")
        }
        // A file with comments only changes nothing.
        guard let root, root.null == nil else {
            rules = []
            return
        }
        guard let mapping = root.mapping else {
            throw PolicyError("\(name) must be a mapping of rule names to rules")
        }
        var rules: [Rule] = []
        for (key, value) in mapping {
            guard let rule = key.string, !rule.isEmpty else { throw PolicyError("\(name) has a rule without a name") }
            do {
                rules.append(Rule(name: rule, check: try Self.check(value)))
            } catch {
                throw PolicyError("\(name), rule '\(rule)': \(error)")
            }
        }
        self.rules = rules
    }

    private static func check(_ node: Node) throws(PolicyError) -> PolicyCheck {
        if let scalar = node.scalar {
            // Unquoted, `!` is a YAML tag, `@` is reserved and nothing at all is null: each would read as an empty rule,
            // which admits everyone.
            guard scalar.style != .plain || (!scalar.string.isEmpty && node.null == nil) else {
                throw PolicyError("has no value; write \"\" or \"@\" for everyone, \"!\" for nobody, in quotes")
            }
            return try PolicyParser.parse(scalar.string)
        }
        guard let sequence = node.sequence else { throw PolicyError("must be a text or a list of lists") }
        var lists: [[String]] = []
        for element in sequence {
            if let text = element.scalar?.string {
                lists.append([text])
                continue
            }
            guard let inner = element.sequence else { throw PolicyError("must be a text or a list of lists") }
            var list: [String] = []
            for item in inner {
                guard let text = item.scalar?.string else { throw PolicyError("must be a text or a list of lists") }
                list.append(text)
            }
            lists.append(list)
        }
        return try PolicyParser.parse(lists: lists)
    }
}
