/// Why a policy cannot be used: a sentence for the operator that names file and rule and says what would be right.
public struct PolicyError: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}
