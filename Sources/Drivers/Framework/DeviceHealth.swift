/// How a device is, with what says so.
public struct DeviceHealth: Sendable, Equatable, Codable {
    public var state: State
    /// `percentage_used`: `12`.
    public var evidence: [String: String]
    /// Why it is not well; nil when it is.
    public var reason: String?
    /// What was learned of the device beside, which does not change: its name, its serial number.
    public var inventory: [String: String] = [:]
    /// Whether it will be so at each look, so that one is enough: a drive that cannot be erased as configured.
    var isLasting = false

    enum CodingKeys: String, CodingKey {
        case state, evidence, reason, inventory
    }

    public enum State: String, Sendable, Codable {
        case well
        /// Works, and will not for ever.
        case worn
        /// Must not be given to anyone.
        case sick
        /// Nothing can be asked of it now, for a guest has it or it has no such means.
        case unknown
    }

    public init(_ state: State, reason: String? = nil, evidence: [String: String] = [:], isLasting: Bool = false) {
        self.state = state
        self.reason = reason
        self.evidence = evidence
        self.isLasting = isLasting
    }
}
