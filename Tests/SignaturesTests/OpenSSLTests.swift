import Foundation
import Model
import Testing
import X509

@testable import Signatures

/// Signatures that the installed OpenSSL makes with new keys are verified.
@Suite(.enabled(if: OpenSSLTool.path != nil, "openssl is not installed"))
struct OpenSSLTests {
    private func run(_ arguments: String, in folder: URL) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(OpenSSLTool.path))
        process.arguments = arguments.split(separator: " ").map(String.init)
        process.currentDirectoryURL = folder
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test(arguments: [
        ("rsa:2048", SignatureKeyType.rsaPSS), ("ec -pkeyopt ec_paramgen_curve:P-256", .p256),
        ("ec -pkeyopt ec_paramgen_curve:P-384", .p384), ("ec -pkeyopt ec_paramgen_curve:P-521", .p521),
    ])
    func theyAreVerified(key: String, type: SignatureKeyType) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "signatures-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let message = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try Data(message).write(to: folder.appending(path: "message"))
        try run("req -x509 -newkey \(key) -nodes -keyout key -out certificate -subj /CN=signer -days 2", in: folder)
        let certificate = try ImageCertificate([UInt8](Data(contentsOf: folder.appending(path: "certificate"))))
        let moment = Timestamp(certificate.certificate.notValidBefore) + .seconds(60)
        let padding = type == .rsaPSS ? " -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:max" : ""
        for hash in SignatureHash.allCases {
            let name = hash.rawValue.lowercased().filter { $0 != "-" }
            try run("dgst -\(name) -sign key -out signature\(padding) message", in: folder)
            let signature = try Data(contentsOf: folder.appending(path: "signature")).base64EncodedString()
            let properties = try SignatureProperties([
                "img_signature": signature, "img_signature_hash_method": hash.rawValue,
                "img_signature_key_type": type.rawValue, "img_signature_certificate_uuid": "id",
            ])
            var verifier = try SignatureVerifier(try #require(properties), certificate, at: moment)
            verifier.take(message.span)
            try verifier.finish()
        }
    }
}
