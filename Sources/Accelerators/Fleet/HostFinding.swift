import Model
import Store

/// A problem of a host that the service itself finds, besides those that its agent reports.
///
/// A host's page shows both as conditions. A finding from a host's report lasts until that host's next report is
/// without it; a finding from calls lasts for a day.
struct HostFinding: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        /// A report contains a resource provider of another host or another device.
        case provider
        /// A part of a report is invalid.
        case report
        /// Binds without a claim, or that name another host.
        case binding
        /// The agent's statement about its certificates is impossible.
        case certificates
        /// A later release found it; this one only shows it.
        case other(String)

        /// Those that this release finds.
        private static let own: [Kind] = [.provider, .report, .binding, .certificates]

        /// The words of those that are replaced by each report, and of those from calls.
        static let ofReports = own.filter(\.isOfReports).map(\.word)
        static let ofCalls = own.filter { !$0.isOfReports }.map(\.word)

        init(word: String) {
            self = Self.own.first { $0.word == word } ?? .other(word)
        }

        /// As the database and the host's page have it.
        var word: String {
            switch self {
            case .provider: "resource_provider"
            case .report: "report"
            case .binding: "binding"
            case .certificates: "certificates"
            case .other(let word): word
            }
        }

        /// Whether it is replaced by each report.
        var isOfReports: Bool { self == .provider || self == .report }
    }

    let kind: Kind
    /// The subject: a resource provider, a deployable.
    let subject: String
    /// A sentence.
    let reason: String

    /// How long a finding from calls lasts after its last occurrence.
    private static let memory: Duration = .seconds(86_400)

    /// Replaces the findings from `source`'s previous report by those from its new one.
    static func replace(
        _ findings: [(host: HostName, finding: HostFinding)], from source: HostName, at now: Timestamp,
        in transaction: any Transaction
    ) throws {
        let kinds = Kind.ofReports
        let before = try transaction.all(
            "SELECT host, kind, subject, reason FROM host_findings WHERE source = \(source) AND kind IN \(list: kinds)"
        ) { row -> [String] in [try row[0], try row[1], try row[2], try row[3]] }
        let after = findings.map { [$0.host.text, $0.finding.kind.word, $0.finding.subject, $0.finding.reason] }
        if Set(before) == Set(after) { return }
        try transaction.execute("DELETE FROM host_findings WHERE source = \(source) AND kind IN \(list: kinds)")
        for (host, finding) in findings {
            try note(finding, of: host, from: source, at: now, in: transaction)
        }
    }

    /// Records a finding, or counts it again.
    static func note(
        _ finding: HostFinding, of host: HostName, from source: HostName, at now: Timestamp,
        in transaction: any Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO host_findings (host, kind, subject, source, reason, occurrences, since, seen_at)
            VALUES (\(host), \(finding.kind.word), \(finding.subject), \(source), \(finding.reason), 1, \(now), \(now))
            ON CONFLICT (host, kind, subject, source) DO UPDATE SET reason = excluded.reason,
                occurrences = host_findings.occurrences + 1, seen_at = excluded.seen_at
            """)
    }

    /// Whether something in the host's last report could not be accepted because of others; it may be accepted later.
    static func holdsUp(_ host: HostName, in transaction: any Transaction) throws -> Bool {
        try transaction.exists(
            "SELECT 1 FROM host_findings WHERE source = \(host) AND kind = \(Kind.provider.word)")
    }

    /// The findings of each of `hosts`, in a fixed order.
    static func of(
        _ hosts: [HostName], in transaction: any Transaction
    ) throws -> [HostName: [HostFinding]] {
        var found: [HostName: [HostFinding]] = [:]
        try transaction.forEach(
            """
            SELECT host, kind, subject, reason, occurrences FROM host_findings WHERE host IN \(list: hosts)
            ORDER BY host, kind, subject, source
            """
        ) { row in
            let host: HostName = try row[0]
            let kind = Kind(word: try row[1])
            let reason: String = try row[3]
            let count: Int = try row[4]
            found[host, default: []].append(
                HostFinding(
                    kind: kind, subject: try row[2],
                    reason: kind.isOfReports || count == 1 ? reason : "\(reason) (\(count) times)"))
        }
        return found
    }

    /// Deletes findings from calls that have not occurred again for a day.
    static func prune(at now: Timestamp, in transaction: any Transaction) throws {
        let kinds = Kind.ofCalls
        let limit = now - memory
        try transaction.execute("DELETE FROM host_findings WHERE kind IN \(list: kinds) AND seen_at < \(limit)")
    }
}
