import API
import Conventions
import HTTPTypes
import Model
import Sanitisation
import Store

/// `/v2/sanitisation_chains`, from 2.5: where the certificates of each host end, signed, so that missing ones are missed.
extension CertificateEndpoints {
    private static let host = QueryParameter<String>("hostname", "Only the chain of this host")

    var chains: Endpoint {
        Endpoint(
            .get, "/v2/sanitisation_chains", "Show where each host's chain of sanitisation certificates ends",
            since: Accountability.version, query: QueryRules([Self.host.description]),
            access: .rule("cyborg:certificate:get_all"), answers: .json(CertificateChainListView.self)
        ) { call in try await ends(call) }
    }

    private func ends(_ call: Call) async throws -> Reply {
        guard let keyring else { return try .json(CertificateChainListView(chains: [])) }
        var condition: SQL = "number > 0"
        if let hostname = try call.filter(Self.host) { condition += " AND host = \(hostname)" }
        let now = time.now()
        let heads = try await store.read { [condition] transaction in
            try transaction.all("SELECT host, number, hash FROM sanitisation_chains WHERE \(condition) ORDER BY host") {
                row in
                ChainHeadStatement(
                    host: HostName(try row[0] as String), number: try row[1], hash: try row[2], issued: now)
            }
        }
        return try .json(
            CertificateChainListView(
                chains: heads.map { CertificateChainView($0, try keyring.sign($0)) }))
    }
}

/// The end of a host's chain on the wire. What counts is the signed text in `statement`.
struct CertificateChainView: Codable, Sendable {
    let hostname: String
    let number: Int64
    let hash: String
    let issuedAt: String
    let statement: String
    let key: String
    let publicKey: String
    let signature: String

    enum CodingKeys: String, CodingKey {
        case hostname, number, hash, statement, signature
        case issuedAt = "issued_at"
        case key = "key_id"
        case publicKey = "public_key"
    }

    init(_ head: ChainHeadStatement, _ certificate: SanitisationCertificate) {
        hostname = head.host
        number = head.number
        hash = head.hash
        issuedAt = head.issued
        statement = certificate.statement
        key = certificate.key
        publicKey = certificate.publicKey
        signature = certificate.signature
    }
}

struct CertificateChainListView: Codable, Sendable {
    let chains: [CertificateChainView]
}
