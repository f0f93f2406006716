/// How far a driver is supported. `docs/drivers/levels.md` says how levels change.
public enum SupportLevel: String, Sendable, CaseIterable, Codable {
    /// Tested at every change through its complete life cycle, on the devices that its evidence names.
    case supported
    /// Works as far as it is tested; no promise.
    case experimental
    /// Will be removed.
    case deprecated
    /// Kept in the table so that a configuration that names it gets an explanation.
    case removed
}
