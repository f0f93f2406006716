import Model

/// The provider that stands for the host itself, and whose children are the host's devices.
struct RootProvider: Sendable {
    let name: String
    /// False where a compute service makes it; then the agent waits for it.
    let mayBeMade: Bool
}
