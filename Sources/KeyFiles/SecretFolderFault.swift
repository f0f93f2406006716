/// Why a folder of secrets cannot be used: names the file and what would be right, without a full stop.
public struct SecretFolderFault: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
