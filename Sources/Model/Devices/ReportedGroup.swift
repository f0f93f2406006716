/// A device that is several functions, offered as one unit.
public struct ReportedGroup: Sendable, Equatable {
    /// Its name in the host's configuration.
    public var name: String
    /// Which functions its entries of the configuration mean, as a digest.
    public var spec: String
    /// The functions that were found, in the group's order.
    public var members: [String]

    public init(_ name: String, spec: String, members: [String]) {
        self.name = name
        self.spec = spec
        self.members = members
    }
}
