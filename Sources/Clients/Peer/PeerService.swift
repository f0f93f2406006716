/// A type of service, with its name in the catalog and in microversion headers.
public struct PeerService: Hashable, Sendable {
    public let type: String

    public init(type: String) {
        self.type = type
    }

    public static let accelerator = Self(type: "accelerator")
    public static let compute = Self(type: "compute")
    public static let image = Self(type: "image")
    public static let keyManager = Self(type: "key-manager")
    public static let placement = Self(type: "placement")

    /// Its name in messages.
    public var name: String { "the \(type) service" }
    /// Its name at the beginning of a sentence.
    public var subject: String { "The \(type) service" }
}
