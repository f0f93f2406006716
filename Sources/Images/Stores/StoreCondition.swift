/// What the last look at a store found.
struct StoreCondition: Sendable, Equatable {
    let name: StoreName
    /// Why data cannot be read and written there; nil where they can, and before the first look.
    let trouble: String?
}
