import Link
import Model
import Sanitisation
import Store

/// Issues a certificate for each cleaning, in the transaction that ends it: either both are recorded or neither.
///
/// Each host has its own chain. Its agent is told the end of the chain, and reports it with each heartbeat. If the
/// agent knows more than the database, the database was set back.
struct CertificateBook: Sendable {
    /// Nil issues none.
    let keyring: CertificateKeyring?
    var ids = IDSource.random

    /// The result that a handle's event certifies; nil if the event cleans nothing.
    static func result(
        of event: HandleLifecycle.Event, from state: HandleLifecycle.State
    ) -> SanitisationResult? {
        switch (event, state) {
        case (.finished, .cleaning): .cleaned
        case (.failed, .cleaning): .failed
        case (.free, _): .vouched
        default: nil
        }
    }

    func issue(
        _ result: SanitisationResult, of handle: AttachHandle, reason: String?, report: CleaningRecord?,
        at now: Timestamp, in transaction: any Transaction
    ) throws {
        guard let keyring else { return }
        // Takes the row first, so that two cleanings that end at once follow one another.
        try transaction.execute(
            """
            INSERT INTO sanitisation_chains (host, number, hash) VALUES (\(handle.host), 0, \(StatementHash.none))
            ON CONFLICT (host) DO UPDATE SET number = sanitisation_chains.number
            """)
        guard let chain = try Chain(of: handle.host, in: transaction) else { return }
        let report = report?.bounded
        let statement = SanitisationStatement(
            number: chain.head.number + 1, host: handle.host, previous: chain.head.hash,
            device: .init(
                uuid: "\(handle.device)", handle: "\(handle.id)",
                facts: try report?.device ?? Self.facts(of: handle, in: transaction)),
            report: report, result: result, reason: result == .failed ? reason : nil, issued: now,
            tenant: handle.tenant.map { keyring.pseudonym(of: $0) },
            restored: chain.kept.map { .init(kept: $0, number: chain.head.number) })
        let certificate = try keyring.sign(statement)
        let id: CertificateID = ids.next()
        try transaction.execute(
            """
            INSERT INTO sanitisation_certificates (uuid, host, number, device, handle, result, issued_at, statement, hash,
                key_id, public_key, signature)
            VALUES (\(id), \(handle.host), \(statement.number), \(handle.device), \(handle.id), \(result.rawValue), \(now),
                \(certificate.statement), \(certificate.hash), \(certificate.key), \(certificate.publicKey),
                \(certificate.signature))
            """)
        try transaction.execute(
            """
            UPDATE sanitisation_chains SET number = \(statement.number), hash = \(certificate.hash), kept = NULL
            WHERE host = \(handle.host)
            """)
    }

    /// The recorded facts about a device of which the host reports nothing: which drive could not be cleaned.
    private static func facts(
        of handle: AttachHandle, in transaction: any Transaction
    ) throws -> [String: String] {
        let text: String? = try transaction.first("SELECT facts FROM devices WHERE uuid = \(handle.device)") { row in
            try row[0]
        }
        let known = try text.map { try JSONText.decode([String: String].self, from: $0) } ?? [:]
        var facts = ["control_path": handle.controlPath]
        for key in ["address", "serial", "model", "firmware"] { facts[key] = known[key].map { String($0.prefix(256)) } }
        return facts
    }

    /// Nil before the first certificate of a host.
    func head(of host: HostName, in transaction: any Transaction) throws -> CertificateChainHead? {
        try Chain(of: host, in: transaction)?.head
    }

    /// Compares the database with what a host's agent knows; returns what is wrong, once.
    ///
    /// If the agent knows more, the chain continues from there, so that certificates that only their owners still have
    /// keep their place in it. A number that no host can have reached is ignored.
    func compare(
        _ known: CertificateChainHead, of host: HostName, in transaction: any Transaction
    ) throws -> String? {
        let chain = try Chain(of: host, in: transaction)
        let head = chain?.head ?? CertificateChainHead(number: 0, hash: StatementHash.none)
        if known == head { return nil }
        guard known.number <= Self.greatest else { return nil }
        if known.number > head.number {
            let kept = chain?.kept ?? head.number
            try transaction.execute(
                """
                INSERT INTO sanitisation_chains (host, number, hash, kept)
                VALUES (\(host), \(known.number), \(known.hash), \(kept))
                ON CONFLICT (host) DO UPDATE SET number = excluded.number, hash = excluded.hash, kept = excluded.kept
                """)
            return
                "The database was set back: it ends at sanitisation certificate \(head.number) of \(host), whose agent knows of "
                + "number \(known.number)."
        }
        let hash: String? = try transaction.first(
            "SELECT hash FROM sanitisation_certificates WHERE host = \(host) AND number = \(known.number)"
        ) { row in try row[0] }
        guard let hash, hash != known.hash, chain?.fork != known.hash else { return nil }
        try transaction.execute("UPDATE sanitisation_chains SET fork = \(known.hash) WHERE host = \(host)")
        return
            "The database was set back: sanitisation certificate \(known.number) of \(host) is not the one that its agent was told "
            + "of."
    }

    /// The maximum plausible end of a chain: at one certificate per second it takes 68 years.
    static let greatest = Int64(Int32.max)

    private struct Chain {
        let head: CertificateChainHead
        /// Where the database ended before it was found to be set back.
        let kept: Int64?
        /// The hash that an agent knew instead of the recorded one.
        let fork: String?

        init?(of host: HostName, in transaction: any Transaction) throws {
            let found: Chain? = try transaction.first(
                "SELECT number, hash, kept, fork FROM sanitisation_chains WHERE host = \(host)"
            ) { row in
                Chain(
                    head: CertificateChainHead(number: try row[0], hash: try row[1]), kept: try row[2],
                    fork: try row[3])
            }
            guard let found else { return nil }
            guard found.head.number > CertificateBook.greatest else {
                self = found
                return
            }
            // A release without the bound believed an agent. What it told of was never issued: the last certificate is the end.
            let last: CertificateChainHead? = try transaction.first(
                """
                SELECT number, hash FROM sanitisation_certificates WHERE host = \(host) ORDER BY number DESC LIMIT 1
                """
            ) { row in CertificateChainHead(number: try row[0], hash: try row[1]) }
            self.init(
                head: last ?? CertificateChainHead(number: 0, hash: StatementHash.none), kept: nil, fork: found.fork)
        }

        private init(head: CertificateChainHead, kept: Int64?, fork: String?) {
            self.head = head
            self.kept = kept
            self.fork = fork
        }
    }
}

enum CertificateKind {}
typealias CertificateID = UniqueID<CertificateKind>

extension CleaningRecord {
    /// With text truncated to what a certificate should contain.
    fileprivate var bounded: CleaningRecord {
        var bounded = self
        let facts = device.sorted { $0.key < $1.key }.prefix(16)
        bounded.device = Dictionary(facts.map { (Self.cut($0.key, 64), Self.cut($0.value, 256)) }) { first, _ in first }
        bounded.methods = methods.prefix(16).map { Self.cut($0, 256) }
        if case .impossible(let reason) = verification { bounded.verification = .impossible(Self.cut(reason, 512)) }
        return bounded
    }

    private static func cut(_ text: String, _ length: Int) -> String { String(text.prefix(length)) }
}
