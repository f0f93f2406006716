/// A kind of service, as the catalog and microversions call it.
public struct PeerService: Hashable, Sendable {
    public let type: String

    public init(type: String) {
        self.type = type
    }

    public static let accelerator = Self(type: "accelerator")
    public static let compute = Self(type: "compute")
    public static let placement = Self(type: "placement")

    /// How messages call it.
    public var name: String { "the \(type) service" }
    /// The same where a sentence begins.
    public var subject: String { "The \(type) service" }
}
