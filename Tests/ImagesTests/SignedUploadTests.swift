import Clients
import Foundation
import HTTPTypes
import Model
import Synchronization
import TestJSON
import TestStore
import Testing

@testable import Images

/// Images with a signature are verified while their data arrive.
@Suite struct SignedUploadTests {
    private func fixture(
        _ certificates: (any CertificateSecrets)?, _ options: ImageOptions = ImageOptions(),
        after span: Duration = SignedImage.valid
    ) async throws -> ImageFixture {
        let fixture = try await ImageFixture(options, certificates: certificates)
        fixture.clock.advance(span)
        return fixture
    }

    @Test(arguments: [
        ("rsa", "rsa-sha256", "RSA-PSS", "SHA-256"), ("rsa4096", "rsa4096-sha512", "RSA-PSS", "SHA-512"),
        ("p256", "p256-sha224", "ECC_SECP256R1", "SHA-224"), ("p384", "p384-sha384", "ECC_SECP384R1", "SHA-384"),
        ("p521", "p521-sha512", "ECC_SECP521R1", "SHA-512"),
    ])
    func `data with their signature become active`(
        key: String, signature: String, keyType: String, hash: String
    ) async throws {
        let certificates = try PlayedCertificates(key)
        let fixture = try await fixture(certificates)
        let id = try await fixture.bare(try SignedImage.properties(signature, keyType, hash))
        let message = try SignedImage.message
        let answer = try await fixture.upload(message, to: id)
        #expect(answer.status == 204, "\(answer.text)")
        #expect(try await fixture.show(id)["status"] == "active")
        #expect(try await fixture.call(.get, "/v2/images/\(id)/file").bytes == message)
        #expect(certificates.callers == ["u-member"])
    }

    @Test func `a certificate may be DER`() async throws {
        let text = String(decoding: try SignedImage.bytes("p256.pem"), as: UTF8.self)
        let digits = text.split(separator: "\n").filter { !$0.hasPrefix("-----") }.joined()
        let certificates = PlayedCertificates([UInt8](try #require(Data(base64Encoded: digits))))
        let fixture = try await fixture(certificates)
        let id = try await fixture.bare(try SignedImage.properties("p256-sha256", "ECC_SECP256R1"))
        #expect(try await fixture.upload(SignedImage.message, to: id).status == 204)
    }

    /// Uploads, and expects that nothing of it stays.
    private func refusal(
        _ certificates: (any CertificateSecrets)?, _ properties: [String: JSON], _ bytes: [UInt8],
        status: Int = 400, after span: Duration = SignedImage.valid
    ) async throws -> String {
        let fixture = try await fixture(certificates, after: span)
        let id = try await fixture.bare(properties)
        let answer = try await fixture.upload(bytes, to: id)
        #expect(answer.status == status, "\(answer.text)")
        #expect(answer.fault.hasPrefix("Signature verification failed for image \(id): "), "\(answer.text)")
        let image = try await fixture.show(id)
        #expect(image["status"] == "queued" && image["size"] == .null && image["checksum"] == .null)
        #expect(image["os_hash_value"] == .null)
        #expect(fixture.files("drafts").isEmpty && fixture.files("blobs").isEmpty)
        #expect(try await fixture.count("image_uploads") == 0)
        #expect(try await fixture.count("image_blobs") == 0)
        return answer.fault
    }

    @Test func `other data, or another's certificate, are refused`() async throws {
        let message = try SignedImage.message
        let right = try PlayedCertificates("rsa")
        let properties = try SignedImage.properties()
        #expect(try await refusal(right, properties, message + [0]).contains("does not match the data"))
        #expect(try await refusal(right, properties, []).contains("does not match the data"))
        let root = try PlayedCertificates("root")
        #expect(try await refusal(root, properties, message).contains("does not match the data"))
        let elliptic = try PlayedCertificates("p256")
        #expect(try await refusal(elliptic, properties, message).contains("not of the type RSA-PSS"))
        let malformed = try SignedImage.properties("rsa-sha256", "ECC_SECP256R1")
        #expect(try await refusal(elliptic, malformed, message).contains("not of the form"))
    }

    @Test(arguments: [
        ("img_signature_hash_method", "MD5", "must be one of SHA-224"),
        ("img_signature_key_type", "RSA", "must be one of RSA-PSS"),
        ("img_signature_key_type", "DSA", "not accepted"), ("img_signature", "%%%", "must be base64"),
        ("img_signature", "", "must not be empty"), ("img_signature_certificate_uuid", "none", "no id of a secret"),
    ])
    func `properties that make no sense are refused`(name: String, value: String, reason: String) async throws {
        let certificates = try PlayedCertificates("rsa")
        let properties = try SignedImage.properties(but: [name: value])
        let fault = try await refusal(certificates, properties, SignedImage.message)
        #expect(fault.contains(reason), "\(fault)")
        #expect(certificates.callers.isEmpty)
    }

    @Test func `certificates that cannot be read or used are refused`() async throws {
        let message = try SignedImage.message
        let properties = try SignedImage.properties()
        let other = try SignedImage.properties(
            but: ["img_signature_certificate_uuid": "00000000-0000-4000-8000-000000000000"])
        let right = try PlayedCertificates("rsa")
        #expect(try await refusal(right, other, message).contains("no secret 00000000"))
        let foreign = PlayedCertificates([], fault: CertificateSecret.forbidden(SignedImage.certificate))
        #expect(try await refusal(foreign, properties, message).contains("may not read the payload"))
        let garbage = PlayedCertificates(Array("no certificate".utf8))
        #expect(try await refusal(garbage, properties, message).contains("neither PEM nor DER"))
        let weak = try PlayedCertificates("rsa1024")
        #expect(try await refusal(weak, properties, message).contains("under 2,048 bits"))
        #expect(try await refusal(nil, properties, message).contains("no key manager"))
    }

    @Test func `a certificate counts in its time alone`() async throws {
        let message = try SignedImage.message
        let properties = try SignedImage.properties("p256-sha256", "ECC_SECP256R1")
        let brief = try PlayedCertificates("brief")
        #expect(try await refusal(brief, properties, message, after: .zero).contains("not valid yet"))
        #expect(
            try await refusal(brief, properties, message, after: .seconds(50 * 86_400)).contains("has expired"))
    }

    @Test func `a key manager that does not respond is said to be so`() async throws {
        let silent = PlayedCertificates(
            [], fault: .unavailable("The key-manager service cannot be reached; try again later."))
        let fault = try await refusal(silent, try SignedImage.properties(), SignedImage.message, status: 503)
        #expect(fault.contains("cannot be reached; try again later"))
    }

    /// Nothing is read of the body yet, and the sweeper takes uploads that are silent for a minute.
    @Test func `an upload lives while the key manager takes its time`() async throws {
        let certificates = try PlayedCertificates("rsa")
        let fixture = try await fixture(certificates)
        let pauses = Mutex(0)
        fixture.clock.onPause { [weak clock = fixture.clock] span in
            clock?.advance(span)
            pauses.withLock { $0 += 1 }
        }
        certificates.meanwhile.withLock { meanwhile in
            meanwhile = { [weak fixture] in
                // Each is ten seconds.
                while pauses.withLock({ $0 < 30 }) { await Task.yield() }
                fixture?.clock.onPause(nil)
                try await fixture?.service.sweep()
            }
        }
        let id = try await fixture.bare(try SignedImage.properties())
        let answer = try await fixture.upload(SignedImage.message, to: id)
        #expect(answer.status == 204, "\(answer.text)")
        #expect(try await fixture.show(id)["status"] == "active")
    }

    @Test func `some of the properties are an error, unless they are to count as none`() async throws {
        let names = try SignedImage.properties().keys.sorted()
        for name in names {
            let missing: [String: String?] = [name: String?.none]
            let fault = try await refusal(
                try PlayedCertificates("rsa"), SignedImage.properties(but: missing), SignedImage.message)
            #expect(fault.contains("'\(name)' are missing"), "\(fault)")
        }
        let one = try SignedImage.properties().filter { $0.key == "img_signature" }
        let fault = try await refusal(try PlayedCertificates("rsa"), one, SignedImage.message)
        #expect(fault.contains("'img_signature_hash_method', 'img_signature_key_type'"), "\(fault)")
        var options = ImageOptions()
        options.allowsPartialSignatures = true
        let certificates = try PlayedCertificates("rsa")
        let lenient = try await fixture(certificates, options)
        let id = try await lenient.bare(one)
        #expect(try await lenient.upload([1], to: id).status == 204)
        let whole = try await lenient.bare(try SignedImage.properties())
        #expect(try await lenient.upload([1], to: whole).status == 400)
        #expect(certificates.callers.count == 1)
    }

    @Test func `a refused image can be filled again`() async throws {
        let fixture = try await fixture(try PlayedCertificates("rsa"))
        let id = try await fixture.bare(try SignedImage.properties())
        #expect(try await fixture.upload([1], to: id).status == 400)
        #expect(try await fixture.upload(SignedImage.message, to: id).status == 204)
        #expect(try await fixture.show(id)["status"] == "active")
    }

    @Test func `data of another format are refused for that`() async throws {
        let fixture = try await fixture(try PlayedCertificates("rsa"))
        let id = try await fixture.bare(
            try SignedImage.properties().merging(["disk_format": "qcow2"]) { _, new in new })
        #expect(try await fixture.upload(SignedImage.message, to: id).status == 415)
    }
}
