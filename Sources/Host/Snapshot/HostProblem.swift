/// Something of the host that could not be understood. It withdraws only itself: the rest of the pass stands.
public struct HostProblem: Sendable, Equatable, CustomStringConvertible {
    public let path: String
    public let text: String

    public init(path: String, text: String) {
        self.path = path
        self.text = text
    }

    public var description: String { "\(path): \(text)" }
}
