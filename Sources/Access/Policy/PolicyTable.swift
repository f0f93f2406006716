/// The policy of a service: its rules with their defaults, and the wording of its refusals.
public struct PolicyTable: Sendable {
    public let rules: [PolicyRule]
    public let wording: PolicyAuthorizer.Wording

    public init(_ rules: [PolicyRule], wording: PolicyAuthorizer.Wording) {
        self.rules = rules
        self.wording = wording
    }
}
