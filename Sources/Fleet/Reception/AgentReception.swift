public import Link
public import Model
public import Store
import Synchronization

/// Handles agents' requests, over HTTPS or in process.
///
/// Every request is idempotent: an agent that gets no response repeats it.
public final class AgentReception: Sendable {
    let store: any StateStore
    let parties: PartyTable
    let rules: HostLiveness.Rules
    let time: TimeSource
    private let sharedMint = Mutex<NonceMint?>(nil)

    /// - Parameter parties: the services that have work for hosts or take their reports; one may be a `DeviceRecords`
    public init(
        store: any StateStore, parties: [any FleetParty], rules: HostLiveness.Rules, time: TimeSource = .system
    ) {
        self.store = store
        self.parties = PartyTable(parties)
        self.rules = rules
        self.time = time
    }

    func mint() async throws -> NonceMint {
        if let mint = sharedMint.withLock({ $0 }) { return mint }
        let mint = try await NonceMint.shared(in: store)
        sharedMint.withLock { $0 = mint }
        return mint
    }

    /// Whether a host with that name is known.
    func isEnrolled(_ host: HostName) async throws(Fault) -> Bool {
        do {
            return try await store.read { transaction in try HostDirectory.find(host, in: transaction) != nil }
        } catch {
            throw .unavailable("Hosts cannot be looked up at the moment; try again.", context: "\(error)")
        }
    }

    /// Hands a report to its party.
    ///
    /// Throws 404 where no service takes reports of the party, and 409 for an older generation than the one received.
    public func report(_ report: PartyReport, of party: Party, from host: HostName) async throws {
        try AgentNumbers.check(report.generation, "generation")
        let (parties, now) = (parties, time.now())
        try await store.write { transaction in
            try HostDirectory.ensure(host, at: now, in: transaction)
            try parties.receive(report, of: party, from: host, at: now, in: transaction)
        }
    }

    /// Ends a work item. Succeeds if it has ended or is unknown; another host's item is 404.
    public func finish(_ id: WorkItemID, _ outcome: WorkOutcome, from host: HostName) async throws {
        let outcome = outcome.withReason(atMost: AgentBounds.reasonLength)
        let now = time.now()
        let parties = parties
        try await store.write { transaction in
            guard let found = try WorkItemTable.find(id, in: transaction) else { return }
            guard found.host == host else { throw Fault.notFound("This host has no work item \(id).") }
            guard found.isWanted, try WorkItemTable.end(id, outcome, at: now, in: transaction) else { return }
            try parties.finished(found.item, on: host, outcome, in: transaction)
            try HostDirectory.advance(host, at: now, in: transaction)
        }
    }

    /// What a work item of `host` needs besides its envelope. Throws 404 if there is no such item, it has ended, or it needs nothing.
    func data(of id: WorkItemID, for host: HostName) async throws -> ItemData {
        let found = try await store.read { try WorkItemTable.find(id, in: $0) }
        guard let found, found.host == host, found.isWanted, let data = try await parties.data(of: found.item) else {
            throw Fault.notFound("This host has no work item \(id) that needs data.")
        }
        return data
    }

    /// Records the agent's heartbeat; with a fresh nonce it proves that the host is up.
    public func heartbeat(_ heartbeat: Heartbeat, from host: HostName) async throws {
        try AgentBounds.check(heartbeat)
        let now = time.now()
        let mint = try await mint()
        let proof = heartbeat.nonce.flatMap { mint.moment(of: $0, for: host) }
        let parties = parties
        let rules = rules
        let kinds = heartbeat.kinds?.json
        try await store.write { transaction in
            let known = try HostDirectory.liveness(of: host, in: transaction)
            if known == nil { try HostDirectory.ensure(host, at: now, in: transaction) }
            let before = known ?? HostLiveness()
            var after = before
            after.heard(proof: proof, at: now, rules)
            try transaction.execute(
                """
                UPDATE hosts SET proofs = \(after.proofs), proven_at = \(after.provenAt), heard_at = \(now),
                    applied_revision = \(heartbeat.revision), agent_version = \(heartbeat.agentVersion),
                    kinds = \(kinds)
                WHERE name = \(host)
                """)
            if after.state != before.state {
                try Self.mark(host, after.state, at: now, parties, in: transaction)
            }
            try parties.heard(heartbeat, from: host, at: now, in: transaction)
        }
    }

    /// Records the heartbeat of the agent with that certificate. Throws 401 if the certificate is no longer valid.
    func heartbeat(_ heartbeat: Heartbeat, of identity: AgentIdentity) async throws {
        let now = time.now()
        let standing = try await store.read { transaction in
            try CertificateBook.standing(of: identity, at: now, in: transaction)
        }
        guard standing.isAdmitted else { throw CertificateAuthenticator.refusal }
        try await self.heartbeat(heartbeat, from: identity.host)
    }

    /// Records that the host opens its stream and has applied revision `applied`.
    func connect(_ host: HostName, after applied: Int64) async throws {
        let now = time.now()
        let known: Int64? = try await store.read { transaction in
            try transaction.first("SELECT revision FROM hosts WHERE name = \(host)") { try $0[0] }
        }
        if let known, known >= applied { return }
        try await store.write { transaction in
            try HostDirectory.raise(host, above: applied, at: now, in: transaction)
        }
    }

    /// Marks hosts as down whose proof is too old, and deletes work that ended before `ended`.
    func sweep(endedBefore ended: Timestamp) async throws {
        let now = time.now()
        let rules = rules
        let limit = now - rules.patience
        let isDue = try await store.read { transaction in
            try transaction.exists("SELECT 1 FROM hosts WHERE state = 'up' AND proven_at < \(limit) LIMIT 1")
                || transaction.exists(
                    "SELECT 1 FROM work_items WHERE state <> 'wanted' AND ended_at < \(ended) LIMIT 1")
        }
        guard isDue else { return }
        let parties = parties
        try await store.write { transaction in
            let silent: [HostName] = try transaction.all(
                "SELECT name FROM hosts WHERE state = 'up' AND proven_at < \(limit) ORDER BY name"
            ) { try $0[0] }
            for host in silent {
                guard var liveness = try HostDirectory.liveness(of: host, in: transaction) else { continue }
                liveness.look(at: now, rules)
                guard liveness.state == .down else { continue }
                try transaction.execute("UPDATE hosts SET proofs = \(liveness.proofs) WHERE name = \(host)")
                try Self.mark(host, .down, at: now, parties, in: transaction)
            }
            try WorkItemTable.prune(before: ended, in: transaction)
        }
    }

    private static func mark(
        _ host: HostName, _ state: HostLiveness.State, at now: Timestamp, _ parties: PartyTable,
        in transaction: any Transaction
    ) throws {
        try transaction.execute(
            "UPDATE hosts SET state = \(state.rawValue), state_since = \(now) WHERE name = \(host)")
        try transaction.note(change: HostDirectory.stateChangeKind, key: host.text, generation: now.microseconds)
        try parties.changed(host, to: state, at: now, in: transaction)
    }
}
