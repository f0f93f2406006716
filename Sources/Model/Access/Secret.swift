/// Text that must not reach a log, an error or a dump: it prints as stars.
public struct Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The text itself. Name it where it is used, never in a message.
    public let revealed: String

    public init(_ text: String) {
        revealed = text
    }

    public var description: String { "***" }
    public var debugDescription: String { "***" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
