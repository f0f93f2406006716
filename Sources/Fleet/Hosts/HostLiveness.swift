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
        /// How long a proof holds.
        public var patience: Duration
        /// Fresh proofs in a row that bring a host back that was down; at least 1.
        public var recovery: Int

        public init(patience: Duration, recovery: Int = 2) {
            self.patience = patience
            self.recovery = max(1, recovery)
        }
    }

    public private(set) var state: State
    /// Fresh proofs in a row.
    public private(set) var proofs: Int
    /// When the newest nonce that came back had gone down.
    public private(set) var provenAt: Timestamp?

    public init(state: State = .unknown, proofs: Int = 0, provenAt: Timestamp? = nil) {
        self.state = state
        self.proofs = proofs
        self.provenAt = provenAt
    }

    /// A heartbeat came. `proof` is when its nonce was sent, nil where it bore none or one that is not ours.
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

    /// Time passed.
    public mutating func look(at now: Timestamp, _ rules: Rules) {
        guard state == .up else { return }
        if let provenAt, now.since(provenAt) <= rules.patience { return }
        state = .down
        proofs = 0
    }
}
