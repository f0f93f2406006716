import Clients
import Foundation
import Model
import Synchronization
import TestJSON

@testable import Images

/// What `Fixtures/signatures/make.sh` made with OpenSSL: certificates, and signatures over `message.txt`.
enum SignedImage {
    static let certificate: SecretID = {
        guard let id = SecretID("5c8d8e3e-9a9b-4a59-a1b3-0f5e3d1c2b4a") else { preconditionFailure("no id") }
        return id
    }()

    static func bytes(_ name: String) throws -> [UInt8] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Fixtures/signatures")
        return [UInt8](try Data(contentsOf: folder.appending(path: name)))
    }

    static var message: [UInt8] { get throws { try bytes("message.txt") } }

    /// The four properties of an image, of which some are others than they should be; nil leaves one out.
    static func properties(
        _ signature: String = "rsa-sha256", _ keyType: String = "RSA-PSS", _ hash: String = "SHA-256",
        but changes: [String: String?] = [:]
    ) throws -> [String: JSON] {
        var values: [String: String] = [
            "img_signature": String(decoding: try bytes("\(signature).b64"), as: UTF8.self),
            "img_signature_key_type": keyType, "img_signature_hash_method": hash,
            "img_signature_certificate_uuid": certificate.description,
        ]
        for (name, value) in changes { values[name] = value }
        return values.mapValues { .text($0) }
    }

    /// Certificates are valid from nine days after the fixture's time on.
    static let valid = Duration.seconds(20 * 86_400)
}

/// A key manager that holds one certificate, or refuses.
final class PlayedCertificates: CertificateSecrets {
    private let payload: [UInt8]
    private let fault: Fault?
    private let asked = Mutex<[UserID?]>([])
    /// What happens while somebody waits for the certificate.
    let meanwhile = Mutex<(@Sendable () async throws -> Void)?>(nil)

    init(_ payload: [UInt8], fault: Fault? = nil) {
        self.payload = payload
        self.fault = fault
    }

    convenience init(_ name: String) throws { self.init(try SignedImage.bytes("\(name).pem")) }

    /// On whose behalf.
    var callers: [UserID?] { asked.withLock { $0 } }

    func certificate(_ id: SecretID, for caller: Caller) async throws(Fault) -> [UInt8] {
        asked.withLock { $0.append(caller.user) }
        do {
            try await meanwhile.withLock { $0 }?()
        } catch {
            throw .internalError("\(error)")
        }
        if let fault { throw fault }
        guard id == SignedImage.certificate else { throw CertificateSecret.unknown(id) }
        return payload
    }
}
