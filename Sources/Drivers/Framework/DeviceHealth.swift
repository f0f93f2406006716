/// The health of a device, with the evidence for it.
public struct DeviceHealth: Sendable, Equatable, Codable {
    public var state: State
    /// Measured values by name, such as `percentage_used`: `12`.
    public var evidence: [String: String]
    /// Why the device is not well; nil if it is.
    public var reason: String?
    /// Facts about the device that do not change and were read at the same time: its name, its serial number.
    public var inventory: [String: String] = [:]
    /// Whether the result will be the same at each look, so that one look is enough: a drive that cannot be erased as
    /// configured.
    var isLasting = false

    enum CodingKeys: String, CodingKey {
        case state, evidence, reason, inventory
    }

    public enum State: String, Sendable, Codable {
        case well
        /// Works, but is wearing out.
        case worn
        /// Must not be given to anyone.
        case sick
        /// Cannot be examined now, because a guest has the device, or because there is no means to examine it.
        case unknown
    }

    public init(_ state: State, reason: String? = nil, evidence: [String: String] = [:], isLasting: Bool = false) {
        self.state = state
        self.reason = reason
        self.evidence = evidence
        self.isLasting = isLasting
    }
}
