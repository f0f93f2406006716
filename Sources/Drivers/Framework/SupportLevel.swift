/// How far a driver may be relied on. `docs/drivers/levels.md` says how one rises and falls.
public enum SupportLevel: String, Sendable, CaseIterable, Codable {
    /// Tested at every change, its whole life cycle, on what stands in its evidence.
    case supported
    /// Works as far as its tests go; no promise.
    case experimental
    /// Will be removed.
    case deprecated
    /// Named so that a configuration which asks for it learns what became of it.
    case removed
}
