/// Something of a host that is not as it should be, or not as one may expect, said by its agent until it is over.
public struct HostCondition: Sendable, Codable, Equatable, Hashable {
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// Two drivers offer one function: who has it, and by which rule.
        case claim
        /// A device is not divided as configured.
        case partition
        /// The host's providers are not in the configured layout.
        case layout
        /// A device is withdrawn for its health.
        case health
        /// A group of devices is not whole.
        case group
        /// A device that is held would be something else by its configuration; it stays what it is.
        case held
        /// A function cannot be passed to a guest by itself, or without an IOMMU.
        case isolation
        /// An entry of the configuration means nothing on this host.
        case idle
        /// Placement does not hold what the host has: why, and what mends it.
        case placement
    }

    public var kind: Kind
    /// What it is about: a PCI address, a group, a driver.
    public var subject: String
    /// A sentence.
    public var reason: String

    public init(_ kind: Kind, _ subject: String, _ reason: String) {
        self.kind = kind
        self.subject = subject
        self.reason = reason
    }
}
