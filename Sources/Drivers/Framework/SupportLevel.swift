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

/// Where a driver stands: its row of the support matrix.
public struct DriverSupport: Sendable, Equatable {
    public let level: SupportLevel
    /// The release from which it has this level.
    public let since: String
    /// What the level rests on.
    public let evidence: String
    /// The release for which that was last checked.
    public let checked: String

    /// - Parameter checked: nil for `since`
    public init(_ level: SupportLevel, since: String, evidence: String, checked: String? = nil) {
        self.level = level
        self.since = since
        self.evidence = evidence
        self.checked = checked ?? since
    }

    /// Whether the evidence is older than two releases, or of none that is known.
    public func isStale(among releases: [String]) -> Bool {
        guard let index = releases.firstIndex(of: checked) else { return true }
        return releases.count - 1 - index > 2
    }
}
