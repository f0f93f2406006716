import Model

/// The outcome of one wish.
public struct PartitionOutcome: Sendable, Equatable {
    /// The physical function, or the parent and the type of its devices.
    public var subject: String
    /// Nil if the device is divided as wished, otherwise the reason.
    public var failure: String?
    /// Whether anything was changed.
    public var changed: Bool

    init(subject: String, failure: String?, changed: Bool) {
        self.subject = subject
        self.failure = failure
        self.changed = changed
    }

    init(address: PCIAddress, failure: String?, changed: Bool) {
        self.init(subject: address.description, failure: failure, changed: changed)
    }
}
