/// One key of the configuration, as its reader declared it.
public struct SettingsKey: Sendable, Equatable {
    /// `section.key`.
    public let path: String
    /// The form of its value, in words.
    public let form: String
    /// The default, as in a configuration file; empty if there is none.
    public let standard: String
    /// One sentence.
    public let summary: String

    /// The environment variable that overrides it.
    public var variable: String {
        let parts = path.split(separator: ".", maxSplits: 1)
        return "KILONOVA_\(parts.map { $0.uppercased() }.joined(separator: "__"))"
    }
}
