import SwiftASN1
import Testing

@testable import Signatures

@Suite struct ImageCertificateTests {
    private func fault(_ payload: [UInt8]) -> CertificateFault? {
        do throws(CertificateFault) {
            _ = try ImageCertificate(payload)
            return nil
        } catch {
            return error
        }
    }

    @Test func itIsReadFromPEMAndFromDER() throws {
        let pem = try SignatureFixture.bytes("p256.pem")
        let certificate = try ImageCertificate(pem)
        let document = try PEMDocument(pemString: String(decoding: pem, as: UTF8.self))
        #expect(try ImageCertificate(document.derBytes) == certificate)
        let chain = Array("a remark\n".utf8) + pem + Array("\n".utf8) + (try SignatureFixture.bytes("root.pem"))
        #expect(try ImageCertificate(chain) == certificate)
    }

    @Test func otherTextIsUnreadable() throws {
        let pem = try SignatureFixture.bytes("p256.pem")
        let key = Array("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n".utf8)
        let payloads: [[UInt8]] = [
            [], Array("no certificate".utf8), key, Array(pem.dropLast(40)), [0x30, 0x80], [0x30, 0x03, 2, 1, 0],
        ]
        for payload in payloads + [[UInt8](repeating: 0x30, count: 70_000)] {
            #expect(fault(payload) == .unreadable)
        }
    }

    @Test(arguments: [
        ("dsa", CertificateFault.unsupportedKey("DSA")),
        ("sect571k1", .unsupportedKey("on the binary curve sect571k1")),
        ("sect571r1", .unsupportedKey("on the binary curve sect571r1")),
        ("sect409k1", .unsupportedKey("on the binary curve sect409k1")),
        ("sect409r1", .unsupportedKey("on the binary curve sect409r1")),
        ("secp256k1", .unsupportedKey("on the curve 1.3.132.0.10")),
        ("rsa1024", .unsupportedKey("RSA of under 2,048 bits, or damaged")),
        ("by-sha224", .unsupportedSignature("ECDSA with SHA-224")), ("by-pss", .unsupportedSignature("RSA-PSS")),
    ])
    func whatIsNotSupportedIsRefusedByName(name: String, expected: CertificateFault) throws {
        let payload = try SignatureFixture.bytes("\(name).pem")
        #expect(fault(payload) == expected)
        #expect(expected.description.hasPrefix("the certificate"))
    }
}
