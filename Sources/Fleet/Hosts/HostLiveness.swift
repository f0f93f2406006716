public import Model

/// Whether a host is up, decided only by proofs that the channel which carries work is alive: a nonce that went down
/// with a line of the watch stream comes back in a heartbeat.
///
///     unknown ──proof──▶ up ──no proof for `patience`──▶ down
///                        ▲                                │
///                        └──`recovery` proofs in a row────┘
///
/// The hysteresis keeps a host whose stream breaks every other minute down, where new work is not sent to it, instead
/// of flapping. A heartbeat without a proof says that the agent lives but does not hear: it counts for nothing, and
/// ends a row of proofs.
public struct HostLiveness: Sendable, Equatable {
    public enum State: String, Sendable, Codable {
        case unknown
        case up
        case down
    }

    public struct Rules: Sendable, Equatable {
        /// How long a proof is valid.
        public var patience: Duration
        /// Number of consecutive fresh proofs after which a host that was down is up; at least 1.
        package var recovery: Int

        public init(patience: Duration, recovery: Int = 2) {
            self.patience = patience
            self.recovery = max(1, recovery)
        }
    }

    public private(set) var state: State
    /// Number of consecutive fresh proofs.
    public private(set) var proofs: Int
    /// When the newest returned nonce was sent.
    public private(set) var provenAt: Timestamp?

    public init(state: State = .unknown, proofs: Int = 0, provenAt: Timestamp? = nil) {
        self.state = state
        self.proofs = proofs
        self.provenAt = provenAt
    }

    /// Records a heartbeat. `proof` is when its nonce was sent; nil if it has none, or an invalid one.
    public mutating func heard(proof: Timestamp?, at now: Timestamp, _ rules: Rules) {
        look(at: now, rules)
        guard let proof, proof <= now + rules.patience, now.since(proof) <= rules.patience else {
            proofs = 0
            return
        }
        // The same nonce again proves nothing new; neither does it take anything back.
        if let provenAt, proof <= provenAt { return }
        provenAt = proof
        proofs += 1
        switch state {
        case .unknown: state = .up
        case .down where proofs >= rules.recovery: state = .up
        case .down, .up: break
        }
    }

    /// Applies the passing of time.
    public mutating func look(at now: Timestamp, _ rules: Rules) {
        guard state == .up else { return }
        if let provenAt, now.since(provenAt) <= rules.patience { return }
        state = .down
        proofs = 0
    }
}
