/// What the last look at a store found.
struct StoreCondition: Sendable, Equatable {
    let name: StoreName
    /// Whether data go there if nobody says where.
    let isStandard: Bool
    /// Why data cannot be read and written there; nil where they can, and before the first look.
    let trouble: String?
}
