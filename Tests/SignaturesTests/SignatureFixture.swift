import Foundation
import Model
import X509

@testable import Signatures

/// What `Fixtures/signatures/make.sh` made with OpenSSL.
enum SignatureFixture {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures/signatures")

    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appending(path: name)))
    }

    static func certificate(_ name: String) throws -> ImageCertificate {
        try ImageCertificate(bytes("\(name).pem"))
    }

    static func certificates(_ names: [String]) throws -> [ImageCertificate] { try names.map(certificate) }

    static var message: [UInt8] { get throws { try bytes("message.txt") } }

    /// The four properties of an image that is signed with a key.
    static func properties(
        _ signature: String, _ keyType: String, _ hash: String
    ) throws -> [String: String] {
        [
            "img_signature": String(decoding: try bytes("\(signature).b64"), as: UTF8.self),
            "img_signature_key_type": keyType, "img_signature_hash_method": hash,
            "img_signature_certificate_uuid": "5c8d8e3e-9a9b-4a59-a1b3-0f5e3d1c2b4a",
        ]
    }

    /// A day after everything was made.
    static var moment: Timestamp {
        get throws { Timestamp(try certificate("root").certificate.notValidBefore) + .seconds(86_400) }
    }
}

extension Timestamp {
    init(_ date: Date) { self.init(microseconds: Int64(date.timeIntervalSince1970) * 1_000_000) }
}
