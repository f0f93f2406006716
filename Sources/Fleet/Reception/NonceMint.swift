import Crypto
import FoundationEssentials
import Model
import Store

/// Makes the nonces that go down with desired states, and knows them again: any replica verifies what any replica
/// made, without a row for each.
///
/// A nonce is the moment it was made and a MAC over host and moment, under a key that all replicas share by the
/// database.
struct NonceMint: Sendable {
    private let key: SymmetricKey

    init(secret: [UInt8]) {
        key = SymmetricKey(data: secret)
    }

    func make(for host: HostName, at now: Timestamp) -> String {
        let moment = String(now.microseconds, radix: 16)
        return "\(moment).\(mac(host, moment))"
    }

    /// When the nonce was made; nil where it is not one of ours for `host`.
    func moment(of nonce: String, for host: HostName) -> Timestamp? {
        let parts = nonce.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let moment = Int64(parts[0], radix: 16), moment > 0 else { return nil }
        // Not a secret of the host's, only a proof of origin; an early exit of the comparison tells nothing of use.
        guard mac(host, String(parts[0])) == parts[1] else { return nil }
        return Timestamp(microseconds: moment)
    }

    private func mac(_ host: HostName, _ moment: String) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Data("\(moment) \(host)".utf8), using: key)
        return Hexadecimal.text(of: code.prefix(16))
    }

    /// The key that the database holds; made by whoever needs it first.
    static func shared(in store: any StateStore) async throws -> NonceMint {
        let fresh = Data((0..<32).map { _ in UInt8.random(in: .min ... .max) })
        let secret: Data? = try await store.write { transaction in
            try transaction.execute(
                """
                INSERT INTO link_keys (purpose, secret) VALUES ('nonce', \(fresh)) ON CONFLICT (purpose) DO NOTHING
                """)
            return try transaction.first("SELECT secret FROM link_keys WHERE purpose = 'nonce'") { try $0[0] }
        }
        guard let secret else { throw StoreError(.statement, "the nonce key is not there after it was written") }
        return NonceMint(secret: [UInt8](secret))
    }
}
