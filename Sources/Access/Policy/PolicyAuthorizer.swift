public import API
public import Model

/// Applies the policy engine for one service, and words refusals as the service's clients expect.
public struct PolicyAuthorizer: Authorizer {
    private let engine: PolicyEngine
    private let wording: Wording

    /// The wording of a service's refusals.
    public struct Wording: Sendable {
        let sentence: @Sendable (_ rule: String) -> String

        public init(_ sentence: @escaping @Sendable (_ rule: String) -> String) {
            self.sentence = sentence
        }
    }

    public init(engine: PolicyEngine, wording: Wording) {
        self.engine = engine
        self.wording = wording
    }

    public func authorize(_ caller: Caller, rule: String, target: PolicyTarget) throws(Fault) {
        switch engine.decide(caller, rule: rule, target: target) {
        case .admitted: return
        case .refused:
            throw refusal(rule, "needs \(engine.source(of: rule) ?? "!"); \(Self.who(caller))")
        case .wrongScope(let scopes):
            throw refusal(
                rule,
                "needs a token for \(scopes.map(\.rawValue).sorted().joined(separator: " or ")); \(Self.who(caller))")
        case .unknownRule: throw refusal(rule, "no rule has this name")
        }
    }

    private func refusal(_ rule: String, _ context: String) -> Fault {
        Fault(.forbidden, wording.sentence(rule), context: "policy \(rule): \(context)")
    }

    private static func who(_ caller: Caller) -> String {
        "user \(caller.user?.text ?? "-"), scope \(caller.scope), roles \(caller.roles.sorted().joined(separator: ","))"
    }
}
