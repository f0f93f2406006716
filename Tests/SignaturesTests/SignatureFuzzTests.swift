import Foundation
import SwiftASN1
import TestFuzz
import Testing

@testable import Signatures

/// Certificates and signatures of any form are verified or refused.
@Suite struct SignatureFuzzTests {
    private static let names = ["root", "p256", "p384", "p521", "dsa", "sect571k1", "by-pss"]

    @Test func `certificates of any form are read or refused`() throws {
        var samples: [[UInt8]] = []
        for name in Self.names {
            let pem = try SignatureFixture.bytes("\(name).pem")
            samples += [pem, try PEMDocument(pemString: String(decoding: pem, as: UTF8.self)).derBytes]
        }
        let trusted = TrustedCertificates(try SignatureFixture.certificates(["intermediate", "root"]))
        let moment = try SignatureFixture.moment
        var accepted = 0
        Fuzzer.run("certificates", samples: samples, usually: 200) { bytes in
            do throws(CertificateFault) {
                let certificate = try ImageCertificate(bytes)
                accepted += 1
                try trusted.check(certificate, at: moment)
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
        print("of them \(accepted) were certificates")
    }

    @Test func `signatures of any form are refused`() throws {
        let moment = try SignatureFixture.moment
        let digest = SignatureHash.sha256
        let message = try SignatureFixture.message
        for (key, type) in [("rsa", SignatureKeyType.rsaPSS), ("p256", .p256)] {
            let text = String(decoding: try SignatureFixture.bytes("\(key)-sha256.b64"), as: UTF8.self)
            let good = [UInt8](Data(base64Encoded: text) ?? Data())
            let certificate = try SignatureFixture.certificate(key)
            Fuzzer.run("\(type.rawValue) signatures", samples: [good], usually: 20) { bytes in
                guard bytes != good else { return }
                let properties = try? SignatureProperties([
                    "img_signature": Data(bytes).base64EncodedString(), "img_signature_hash_method": digest.rawValue,
                    "img_signature_key_type": type.rawValue, "img_signature_certificate_uuid": "id",
                ])
                guard let properties else { return }
                #expect(throws: SignatureFault.self) {
                    var verifier = try SignatureVerifier(properties, certificate, at: moment)
                    verifier.take(message.span)
                    try verifier.finish()
                }
            }
        }
    }
}
