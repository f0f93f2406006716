public import API
public import Model
import Synchronization

/// The rules in force: the defaults that services declare, with what the operator's files put in their place.
///
/// Rules are compiled when they are loaded: unknown names, references to rules that do not exist and circles are refused
/// then, and what was in force before stays. A rule that nobody declared admits nobody.
public final class PolicyEngine: Sendable {
    private let defaults: [PolicyRule]
    private let heedsLegacyDefaults: Bool
    private let compiled: Mutex<CompiledPolicy>

    /// - Parameter heedsLegacyDefaults: also admit what upstream admits while `enforce_new_defaults` is false.
    public init(
        rules: [PolicyRule], documents: [PolicyDocument] = [], heedsLegacyDefaults: Bool = false
    ) throws(PolicyError) {
        defaults = rules
        self.heedsLegacyDefaults = heedsLegacyDefaults
        compiled = Mutex(
            try CompiledPolicy(defaults: rules, documents: documents, heedsLegacyDefaults: heedsLegacyDefaults))
    }

    /// Puts other files in force, the later ones over the earlier ones; answers warnings for the log.
    @discardableResult
    public func replace(with documents: [PolicyDocument]) throws(PolicyError) -> [String] {
        let fresh = try CompiledPolicy(
            defaults: defaults, documents: documents, heedsLegacyDefaults: heedsLegacyDefaults)
        compiled.withLock { $0 = fresh }
        return fresh.warnings
    }

    /// What the operator should know of the files in force, such as deprecated names.
    public var warnings: [String] { compiled.withLock { $0.warnings } }

    /// The rules that services declared, for sample files and documents.
    public var declared: [PolicyRule] { defaults }

    public func decide(_ caller: Caller, rule: String, target: PolicyTarget) -> PolicyDecision {
        guard let entry = compiled.withLock({ $0.rules[rule] }) else { return .unknownRule }
        guard entry.scopes.isEmpty || entry.scopes.contains(caller.policyScope) else {
            return .wrongScope(entry.scopes)
        }
        return entry.check.admits(PolicySubject(caller: caller), to: target.attributes) ? .admitted : .refused
    }

    /// The check in force for `rule` in oslo.policy's language, references replaced; nil for a rule nobody declared.
    public func source(of rule: String) -> String? {
        compiled.withLock { $0.rules[rule] }.map { "\($0.check)" }
    }
}

/// What the policy says to a caller.
public enum PolicyDecision: Sendable, Equatable {
    case admitted
    case refused
    /// The token has another scope than these.
    case wrongScope(Set<PolicyRule.Scope>)
    case unknownRule
}

extension Caller {
    /// The scope a rule's scopes are compared with; a token without one counts as a project's, as upstream has it.
    var policyScope: PolicyRule.Scope {
        switch scope {
        case .system: .system
        case .domain: .domain
        case .project, .unscoped: .project
        }
    }
}
