/// How a device is, with what says so.
public struct DeviceHealth: Sendable, Equatable, Codable {
    public var state: State
    /// `percentage_used`: `12`.
    public var evidence: [String: String]
    /// Why it is not well; nil when it is.
    public var reason: String?
    /// What was learned of the device beside, which does not change: its name, its serial number.
    public var inventory: [String: String] = [:]

    public enum State: String, Sendable, Codable {
        case well
        /// Works, and will not for ever.
        case worn
        /// Must not be given to anyone.
        case sick
        /// Nothing can be asked of it now, for a guest has it or it has no such means.
        case unknown
    }

    public init(_ state: State, reason: String? = nil, evidence: [String: String] = [:]) {
        self.state = state
        self.reason = reason
        self.evidence = evidence
    }
}
