/// Checks certificates without the control plane that issued them: signatures, added fields, and the chain of each
/// host, up to its end if that is given.
public struct ChainCheck: Sendable, Equatable {
    /// One readable certificate, and its faults.
    public struct Finding: Sendable, Equatable {
        public let statement: SanitisationStatement
        public let hash: String
        public let key: String
        /// Empty if the certificate is valid.
        public let faults: [String]
    }

    /// In the order of hosts and numbers.
    public private(set) var findings: [Finding] = []
    /// Faults of complete files, or between certificates.
    public private(set) var faults: [String] = []
    /// Remarks that are not faults.
    public private(set) var notes: [String] = []

    /// Hosts for which no end of the chain was given, so that missing certificates at the end cannot be detected.
    public private(set) var openEnded: [String] = []

    /// Whether everything that was given is valid.
    public var holds: Bool { faults.isEmpty && findings.allSatisfy(\.faults.isEmpty) && !findings.isEmpty }

    /// Checks certificates alone, without added fields.
    public init(_ certificates: [SanitisationCertificate], trusted: [CertificateKey]?) {
        self.init(certificates.map { CertificateDocument($0) }, trusted: trusted)
    }

    /// - Parameter trusted: keys that the reader knows to be the control plane's; nil uses the keys in the
    ///   certificates, which proves only that nothing was changed after signing
    public init(_ documents: [CertificateDocument], trusted: [CertificateKey]?) {
        var seen: [SanitisationCertificate.Identity: Int] = [:]
        var heads: [ChainHeadStatement] = []
        for document in documents {
            let certificate = document.certificate
            var faults: [String] = []
            if !certificate.isSigned { faults.append("its signature does not match") }
            if let trusted, !trusted.contains(where: { $0.publicKey == certificate.publicKey }) {
                faults.append("the key \(certificate.key) is not among those that are trusted")
            }
            if let head = certificate.head {
                faults += document.wrapper.differences(from: head)
                self.faults += faults.map { "The end of the chain of \(head.host) is of no use: \($0)." }
                if faults.isEmpty { heads.append(head) }
                continue
            }
            let statement: SanitisationStatement
            do {
                statement = try certificate.read()
            } catch {
                self.faults.append("A certificate is of no use: \(error).")
                continue
            }
            faults += document.wrapper.differences(from: statement, hash: certificate.hash)
            // Given twice it is one, and whatever is wrong with either is wrong.
            if let place = seen[certificate.identity] {
                faults = findings[place].faults + faults.filter { !findings[place].faults.contains($0) }
                findings[place] = Finding(
                    statement: statement, hash: certificate.hash, key: certificate.key, faults: faults)
                continue
            }
            seen[certificate.identity] = findings.count
            findings.append(
                Finding(statement: statement, hash: certificate.hash, key: certificate.key, faults: faults))
        }
        findings.sort {
            ($0.statement.host, $0.statement.number, $0.hash) < ($1.statement.host, $1.statement.number, $1.hash)
        }
        if trusted == nil, !findings.isEmpty {
            let keys = Set(findings.map(\.key)).sorted().joined(separator: ", ")
            notes.append(
                "Nobody vouches for the keys (\(keys)); compare them with those that the control plane publishes.")
        }
        for (first, second) in zip(findings, findings.dropFirst()) {
            follow(first.statement, first.hash, second.statement)
        }
        for finding in findings where finding.statement.number == 1 && finding.statement.previous != StatementHash.none
        {
            faults.append("Certificate 1 of \(finding.statement.host) names a previous certificate.")
        }
        for head in heads { compare(head) }
        openEnded = Set(findings.map(\.statement.host)).subtracting(heads.map(\.host)).sorted()
        for finding in findings {
            guard let restored = finding.statement.restored else { continue }
            notes.append(
                "The database of \(finding.statement.host) was set back before number \(finding.statement.number): numbers "
                    + "\(restored.kept + 1) to \(restored.number) may exist with their owners only.")
        }
    }

    /// Compares the given certificates with the end of their chain.
    private mutating func compare(_ head: ChainHeadStatement) {
        let given = findings.filter { $0.statement.host == head.host }
        let last = given.map(\.statement.number).max() ?? 0
        if last < head.number {
            let missing = last + 1 == head.number ? "\(head.number)" : "\(last + 1) to \(head.number)"
            faults.append(
                "Of \(head.host) number \(missing) is missing at the end: on \(head.issued) the chain ended at \(head.number)."
            )
        }
        if let own = given.first(where: { $0.statement.number == head.number }), own.hash != head.hash {
            faults.append(
                "Certificate \(head.number) of \(head.host) is not the one with which the chain ended on \(head.issued)."
            )
        }
    }

    private mutating func follow(_ first: SanitisationStatement, _ hash: String, _ second: SanitisationStatement) {
        guard first.host == second.host else { return }
        switch second.number - first.number {
        case 0: faults.append("\(first.host) has two different certificates with the number \(first.number).")
        case 1 where second.previous != hash:
            faults.append("Certificate \(second.number) of \(first.host) does not follow number \(first.number).")
        case 1: break
        default:
            let missing =
                first.number + 1 == second.number - 1
                ? "\(first.number + 1)" : "\(first.number + 1) to \(second.number - 1)"
            notes.append("Of \(first.host) number \(missing) was not given; what lies between is not checked.")
        }
    }
}

extension SanitisationCertificate {
    struct Identity: Hashable {
        let statement: String
        let signature: String
        let publicKey: String
    }

    var identity: Identity { Identity(statement: statement, signature: signature, publicKey: publicKey) }
}
