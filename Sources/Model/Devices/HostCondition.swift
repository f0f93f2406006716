/// A problem or an unexpected state of a host, reported by its agent until it is over.
public struct HostCondition: Sendable, Codable, Equatable, Hashable {
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// Two drivers offer one function: which one has it, and by which rule.
        case claim
        /// A device is not divided as configured.
        case partition
        /// The host's providers are not in the configured layout.
        case layout
        /// A device is withdrawn because of its health.
        case health
        /// A group of devices is not complete.
        case group
        /// A held device would be something else by the present configuration; it stays as it is until it is released.
        case held
        /// A function cannot be passed to a guest by itself, or without an IOMMU.
        case isolation
        /// An entry of the configuration that matches nothing on this host.
        case idle
        /// Placement does not match the host: why, and the remedy.
        case placement
    }

    public var kind: Kind
    /// The subject: a PCI address, a group, a driver.
    public var subject: String
    /// A sentence.
    public var reason: String

    public init(_ kind: Kind, _ subject: String, _ reason: String) {
        self.kind = kind
        self.subject = subject
        self.reason = reason
    }
}
