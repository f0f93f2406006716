/// Where a driver stands: its row of the support matrix.
///
///     asked for ─┬─ removed, deprecated ────────────────────────────▶ as decided
///                ├─ supported ──── whole, fresh evidence ───────────▶ supported
///                │                └─ without ───────────────────────▶ experimental
///                └─ experimental ── evidence older than two releases ▶ deprecated
public struct DriverSupport: Sendable, Equatable {
    /// The level that the table asks for.
    public let asked: SupportLevel
    /// The driver's level. In the table of a registry it follows from evidence and release.
    public private(set) var level: SupportLevel
    /// The release from which it has this level.
    public private(set) var since: String
    /// The basis of the level, in words; for a deprecated or removed driver the reason, and what to use instead.
    public let evidence: String
    /// What was checked.
    public let checks: Set<Check>
    /// The release for which the checks were last made.
    public let checked: String

    /// A kind of check.
    public enum Check: String, Sendable, CaseIterable {
        /// The conformance suite on recorded hosts, at every change.
        case conformance
        /// The whole life of a device through the program, at every change.
        case lifeCycle = "life cycle"
        /// The laboratory's emulated hardware.
        case laboratory
        /// A real device.
        case hardware
    }

    /// The checks that `supported` requires.
    public static let needed: Set<Check> = [.conformance, .lifeCycle]
    /// The number of releases for which evidence is valid.
    public static let lifetime = 2

    /// - Parameters:
    ///   - level: the level that is asked for; `judged` returns the level that follows
    ///   - checked: nil for `since`
    public init(
        _ level: SupportLevel, since: String, evidence: String, checks: Set<Check> = [], checked: String? = nil
    ) {
        asked = level
        self.level = level
        self.since = since
        self.evidence = evidence
        self.checks = checks
        self.checked = checked ?? since
    }

    /// Whether the evidence is older than two releases, or of an unknown release.
    public func isStale(among releases: [String]) -> Bool {
        guard let index = releases.firstIndex(of: checked) else { return true }
        return releases.count - 1 - index > Self.lifetime
    }

    /// The same row at the last of these releases, with the level that follows from the checks and their age.
    func judged(among releases: [String]) -> DriverSupport {
        var judged = self
        let isStale = isStale(among: releases)
        switch asked {
        case .removed, .deprecated: return self
        case .supported:
            guard !checks.isSuperset(of: Self.needed) || isStale else { return self }
            judged.level = .experimental
        case .experimental:
            guard isStale else { return self }
            judged.level = .deprecated
        }
        if isStale { judged.since = end(among: releases) ?? releases.last ?? since }
        return judged
    }

    /// The first release for which the evidence was too old.
    private func end(among releases: [String]) -> String? {
        guard let index = releases.firstIndex(of: checked) else { return nil }
        return releases.dropFirst(index + Self.lifetime + 1).first
    }

    /// Why no release may be made with this row, in a sentence; nil if one may.
    public func objection(among releases: [String]) -> String? {
        guard releases.contains(since) || asked == .removed else { return "'\(since)' is no release" }
        if evidence.isEmpty { return "says nothing about what its level rests on" }
        switch asked {
        case .supported, .experimental:
            let given = judged(among: releases).level
            return given == asked ? nil : "is asked for as \(asked.rawValue), and follows as \(given.rawValue)"
        case .deprecated:
            guard let index = releases.firstIndex(of: since), releases.count - 1 - index > 1 else { return nil }
            return "was deprecated in \(since) and must be removed by now"
        case .removed: return nil
        }
    }
}
