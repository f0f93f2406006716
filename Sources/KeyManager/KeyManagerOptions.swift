/// What an operator sets of the key manager, by Barbican's names.
public struct KeyManagerOptions: Sendable {
    /// Of the largest payload, in bytes.
    package var largestSecret = 20_000
    /// How many secrets stand on a page where the caller says nothing.
    public var pageSize = 10
    /// How many may stand on a page.
    public var largestPage = 100
    /// How many a project may have. A negative number is unlimited.
    package var mostSecrets = -1

    public init() {}
}
