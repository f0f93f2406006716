/// Why a folder of keys cannot be used: a sentence for the operator that names the file and what would be right.
public struct KeyringError: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
