/// Something on the host that could not be interpreted. It affects only itself; the rest of the pass is valid.
public struct HostProblem: Sendable, Equatable, CustomStringConvertible {
    public let path: String
    public let text: String

    public init(path: String, text: String) {
        self.path = path
        self.text = text
    }

    public var description: String { "\(path): \(text)" }
}
