/// The condition of a rule, as a tree. Its description is source text that parses to the same tree.
indirect enum PolicyCheck: Sendable, Hashable {
    case always
    case never
    /// The caller has the role; case does not matter.
    case role(PolicyText)
    /// Another rule holds.
    case rule(String)
    /// An attribute of the caller, or one of its values, equals the text.
    case attribute(String, PolicyText)
    /// A constant equals the text, which names an attribute of the target.
    case constant(Constant, PolicyText)
    case not(PolicyCheck)
    case all([PolicyCheck])
    case any([PolicyCheck])

    /// `'text'`, a number, `True`, `False` or `None`.
    struct Constant: Sendable, Hashable {
        /// The value with which it is compared.
        let value: String
        let isQuoted: Bool
    }

    /// Names of the referenced rules.
    var references: Set<String> {
        switch self {
        case .rule(let name): [name]
        case .not(let check): check.references
        case .all(let checks), .any(let checks): checks.reduce(into: []) { $0.formUnion($1.references) }
        case .always, .never, .role, .attribute, .constant: []
        }
    }

    /// The same check with every reference replaced by the result of `resolve`.
    func replacingRules(_ resolve: (String) throws(PolicyError) -> PolicyCheck) throws(PolicyError) -> PolicyCheck {
        switch self {
        case .rule(let name): return try resolve(name)
        case .not(let check): return .not(try check.replacingRules(resolve))
        case .all(let checks):
            var resolved: [PolicyCheck] = []
            for check in checks { resolved.append(try check.replacingRules(resolve)) }
            return .all(resolved)
        case .any(let checks):
            var resolved: [PolicyCheck] = []
            for check in checks { resolved.append(try check.replacingRules(resolve)) }
            return .any(resolved)
        case .always, .never, .role, .attribute, .constant: return self
        }
    }
}

extension PolicyCheck: CustomStringConvertible {
    var description: String { text(inside: 0) }

    /// Binding strength: 0 `or`, 1 `and`, 2 `not` and single checks.
    private func text(inside strength: Int) -> String {
        switch self {
        case .always: return "@"
        case .never: return "!"
        case .role(let role): return "role:\(role)"
        case .rule(let name): return "rule:\(name)"
        case .attribute(let path, let text): return "\(path):\(text)"
        case .constant(let constant, let text):
            return constant.isQuoted ? "'\(constant.value)':\(text)" : "\(constant.value):\(text)"
        case .not(let check): return "not \(check.text(inside: 2))"
        case .all(let checks):
            let text = checks.map { $0.text(inside: 2) }.joined(separator: " and ")
            return strength > 1 ? "(\(text))" : text
        case .any(let checks):
            let text = checks.map { $0.text(inside: 1) }.joined(separator: " or ")
            return strength > 0 ? "(\(text))" : text
        }
    }
}
