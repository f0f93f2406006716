/// What is written to standard error.
public struct LogSettings: Sendable {
    public enum Level: String, Sendable, CaseIterable {
        case trace, debug, info, notice, warning, error, critical
    }

    public let level: Level
    public let access: Bool

    init(_ reader: inout SettingsReader) {
        level = reader.choice("log.level", "The least urgent message that is written.", default: .info)
        access = reader.boolean("log.access", "Whether each request is one line.", default: true)
    }
}
