import Model

/// The provider of the host itself, whose children are the host's devices.
struct RootProvider: Sendable {
    let name: String
    /// False if a compute service creates it; then the agent waits for it.
    let mayBeMade: Bool
}
