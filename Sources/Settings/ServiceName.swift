/// The name of a service in the configuration: `placement`.
public struct ServiceName: Sendable, Hashable {
    public let text: String

    public init(_ text: String) {
        self.text = text
    }
}
