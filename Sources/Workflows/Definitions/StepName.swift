/// The name of a step that leaves a value for later steps and for undoing.
///
///     static let claim = StepName<Claim>("claim")
public struct StepName<Output: Codable & Sendable>: Sendable {
    let text: String

    public init(_ text: String) {
        self.text = text
    }
}

/// What a step leaves behind that others need nothing of.
public struct NoOutput: Codable, Sendable, Equatable {}
