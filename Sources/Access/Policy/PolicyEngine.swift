public import API
public import Model
import Synchronization

/// The rules in force: the services' defaults, overridden by the operator's files.
///
/// Rules are compiled when they are loaded. Unknown names, references to missing rules, and circles are refused then,
/// and the former rules stay in force. A rule that nobody declared admits nobody.
public final class PolicyEngine: Sendable {
    private let defaults: [PolicyRule]
    private let heedsLegacyDefaults: Bool
    private let compiled: Mutex<CompiledPolicy>

    /// - Parameter heedsLegacyDefaults: whether the engine also admits what upstream admits while
    ///   `enforce_new_defaults` is false
    public init(
        rules: [PolicyRule], documents: [PolicyDocument] = [], heedsLegacyDefaults: Bool = false
    ) throws(PolicyError) {
        defaults = rules
        self.heedsLegacyDefaults = heedsLegacyDefaults
        compiled = Mutex(
            try CompiledPolicy(defaults: rules, documents: documents, heedsLegacyDefaults: heedsLegacyDefaults))
    }

    /// Replaces the files in force; later files override earlier ones. Returns warnings for the log.
    @discardableResult
    public func replace(with documents: [PolicyDocument]) throws(PolicyError) -> [String] {
        let fresh = try CompiledPolicy(
            defaults: defaults, documents: documents, heedsLegacyDefaults: heedsLegacyDefaults)
        compiled.withLock { $0 = fresh }
        return fresh.warnings
    }

    /// Warnings about the files in force, such as deprecated names.
    public var warnings: [String] { compiled.withLock { $0.warnings } }

    public func decide(_ caller: Caller, rule: String, target: PolicyTarget) -> PolicyDecision {
        guard let entry = compiled.withLock({ $0.rules[rule] }) else { return .unknownRule }
        guard entry.scopes.isEmpty || entry.scopes.contains(caller.policyScope) else {
            return .wrongScope(entry.scopes)
        }
        return entry.check.admits(PolicySubject(caller: caller), to: target.attributes) ? .admitted : .refused
    }

    /// The check in force for `rule` in oslo.policy's language, with references replaced; nil for an undeclared rule.
    public func source(of rule: String) -> String? {
        compiled.withLock { $0.rules[rule] }.map { "\($0.check)" }
    }
}

/// The policy's decision about a caller.
public enum PolicyDecision: Sendable, Equatable {
    case admitted
    case refused
    /// The token's scope is none of these.
    case wrongScope(Set<PolicyRule.Scope>)
    case unknownRule
}

extension Caller {
    /// The scope that is compared with a rule's scopes. A token without a scope counts as project-scoped, as in
    /// upstream.
    var policyScope: PolicyRule.Scope {
        switch scope {
        case .system: .system
        case .domain: .domain
        case .project, .unscoped: .project
        }
    }
}
