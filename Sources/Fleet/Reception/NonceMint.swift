import Crypto
import FoundationEssentials
import Model
import Store

/// Creates the nonces in desired states, and verifies them: any replica verifies the nonces of any other, without a row
/// for each.
///
/// A nonce is the moment of its creation and a MAC over host and moment, with a key that all replicas share through the
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

    /// When the nonce was created; nil if it is not valid for `host`.
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

    /// The key in the database; the process that needs it first creates it.
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
