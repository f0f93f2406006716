/// What is written to standard error.
public struct LogSettings: Sendable {
    public enum Level: String, Sendable, CaseIterable {
        case trace, debug, info, notice, warning, error, critical
    }

    public let level: Level
    public let access: Bool

    init(_ reader: inout SettingsReader) {
        level = reader.choice("log.level", "The lowest level of messages that are logged.", default: .info)
        access = reader.boolean("log.access", "Whether each request is logged as one line.", default: true)
    }
}
