/// A value of the configuration before a key interprets it.
public indirect enum SettingsValue: Sendable, Equatable {
    case null
    /// A plain or quoted word; numbers and booleans stay text until a key says what it is.
    case text(String)
    case list([SettingsValue])
    /// In the file's order.
    case mapping([Entry])

    public struct Entry: Sendable, Equatable {
        public let key: String
        public let value: SettingsValue
        /// Line in the file, from 1; 0 if the value came from elsewhere.
        public let line: Int

        public init(key: String, value: SettingsValue, line: Int = 0) {
            self.key = key
            self.value = value
            self.line = line
        }
    }

    var form: String {
        switch self {
        case .null: "nothing"
        case .text: "a word"
        case .list: "a list"
        case .mapping: "a mapping"
        }
    }
}
