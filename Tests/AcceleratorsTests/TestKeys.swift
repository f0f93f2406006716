import FoundationEssentials
import Model
import Sanitisation
import Store

/// One folder of certificate keys for all fixtures: what is signed with them is compared, not kept.
enum TestKeys {
    private static let shared = Task<CertificateKeyring, any Error> {
        let folder = FileManager.default.temporaryDirectory.appending(path: "certificate-keys-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await CertificateKeyring.loadOrCreate(folder: folder.path)
    }

    static func keyring() async throws -> CertificateKeyring { try await shared.value }
}

extension AcceleratorFixture {
    /// Certificates as they lie in the store, in the order of their numbers.
    func chain(of host: HostName = "host-a") async throws -> [SanitisationCertificate] {
        try await store.read { transaction in
            try transaction.all(
                """
                SELECT statement, key_id, public_key, signature FROM sanitisation_certificates WHERE host = \(host)
                ORDER BY number
                """
            ) { row in
                SanitisationCertificate(
                    statement: try row[0], key: try row[1], publicKey: try row[2], signature: try row[3])
            }
        }
    }

    /// Has a certificate without content stand for what `request` holds; answers its id.
    func certify(_ request: String) async throws -> String {
        let id = "\(IDSource.random.next(DeviceKind.self))"
        try await store.write { transaction in
            try transaction.execute(
                """
                INSERT INTO sanitisation_certificates (uuid, host, number, device, handle, result, issued_at, statement,
                    hash, key_id, public_key, signature)
                SELECT \(id), r.host, (SELECT COUNT(*) + 1000 FROM sanitisation_certificates), p.device, r.handle,
                    'cleaned', 0, '{}', '', '', '', ''
                FROM accelerator_requests r JOIN attach_handles h ON h.uuid = r.handle
                    JOIN deployables p ON p.uuid = h.deployable WHERE r.uuid = \(request)
                """)
        }
        return id
    }
}
