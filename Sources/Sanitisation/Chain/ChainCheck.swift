/// Certificates checked without the control plane that issued them: signatures, and the chain of each host.
public struct ChainCheck: Sendable, Equatable {
    /// One certificate that could be read, and what is wrong with it.
    public struct Finding: Sendable, Equatable {
        public let statement: SanitisationStatement
        public let hash: String
        public let key: String
        /// Empty where it holds.
        public let faults: [String]
    }

    /// By host and number.
    public private(set) var findings: [Finding] = []
    /// What is wrong with files as a whole, or between certificates.
    public private(set) var faults: [String] = []
    /// What is not wrong and should be known.
    public private(set) var notes: [String] = []

    /// Whether everything that was given holds.
    public var holds: Bool { faults.isEmpty && findings.allSatisfy(\.faults.isEmpty) && !findings.isEmpty }

    /// - Parameter trusted: keys that the reader knows to be the control plane's; nil takes those in the certificates, which proves
    ///   only that nothing was changed after signing
    public init(_ certificates: [SanitisationCertificate], trusted: [CertificateKey]?) {
        var seen: Set<SanitisationCertificate.Identity> = []
        for certificate in certificates where seen.insert(certificate.identity).inserted {
            let statement: SanitisationStatement
            do {
                statement = try certificate.read()
            } catch {
                faults.append("A certificate is of no use: \(error).")
                continue
            }
            var faults: [String] = []
            if !certificate.isSigned { faults.append("the signature does not belong to it") }
            if let trusted, !trusted.contains(where: { $0.publicKey == certificate.publicKey }) {
                faults.append("the key \(certificate.key) is not among those that are trusted")
            }
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
            faults.append("Certificate 1 of \(finding.statement.host) names one before it.")
        }
        for finding in findings {
            guard let restored = finding.statement.restored else { continue }
            notes.append(
                "The database of \(finding.statement.host) was set back before number \(finding.statement.number): numbers "
                    + "\(restored.kept + 1) to \(restored.number) may exist with their owners only.")
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
