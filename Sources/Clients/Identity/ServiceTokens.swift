public import Model

/// The tokens with which this program calls its neighbours.
public protocol ServiceTokens: Sendable {
    /// A token that a neighbour should accept. Throws 503 where none can be had.
    func token() async throws(Fault) -> Secret
    /// A neighbour refused `token`: the next one is another, where there can be another.
    func forget(_ token: Secret)
}
