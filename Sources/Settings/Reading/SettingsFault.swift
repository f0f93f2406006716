/// Everything that was wrong with a configuration, found in one pass.
public struct SettingsFault: Error, Sendable, Equatable, CustomStringConvertible {
    public struct Problem: Sendable, Equatable, CustomStringConvertible {
        /// File and line, or the variable's name.
        public let place: String
        public let message: String

        public init(place: String, _ message: String) {
            self.place = place
            self.message = message
        }

        public var description: String { "\(place): \(message)" }
    }

    public let problems: [Problem]

    public init(_ problems: [Problem]) {
        self.problems = problems
    }

    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
