import Model
import Testing
import X509

@testable import Signatures

/// Signatures that OpenSSL made, and each way in which one fails.
@Suite struct SignatureVerifierTests {
    private static let keys = [
        ("rsa", "RSA-PSS"), ("rsa4096", "RSA-PSS"), ("p256", "ECC_SECP256R1"), ("p384", "ECC_SECP384R1"),
        ("p521", "ECC_SECP521R1"),
    ]
    private static let hashes = [
        ("sha224", "SHA-224"), ("sha256", "SHA-256"), ("sha384", "SHA-384"), ("sha512", "SHA-512"),
    ]

    /// What verification of `message` ends with, nil for a good signature.
    private func outcome(
        _ properties: [String: String], key: String, message: [UInt8], chunk: Int = 7
    ) throws -> SignatureFault? {
        let properties = try #require(try SignatureProperties(properties))
        let certificate = try SignatureFixture.certificate(key)
        let moment = try SignatureFixture.moment
        do throws(SignatureFault) {
            var verifier = try SignatureVerifier(properties, certificate, at: moment)
            for start in stride(from: 0, to: message.count, by: chunk) {
                verifier.take(message.span.extracting(start..<min(start + chunk, message.count)))
            }
            try verifier.finish()
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: keys, hashes)
    func everyKeyVerifiesEveryHash(key: (String, String), hash: (String, String)) throws {
        let properties = try SignatureFixture.properties("\(key.0)-\(hash.0)", key.1, hash.1)
        let message = try SignatureFixture.message
        #expect(try outcome(properties, key: key.0, message: message) == nil)
        var altered = message
        altered[altered.count / 2] ^= 1
        #expect(try outcome(properties, key: key.0, message: altered) == .mismatch)
        #expect(try outcome(properties, key: key.0, message: message + [0]) == .mismatch)
        let other = hash.1 == "SHA-512" ? "SHA-384" : "SHA-512"
        let wrong = try SignatureFixture.properties("\(key.0)-\(hash.0)", key.1, other)
        #expect(try outcome(wrong, key: key.0, message: message) == .mismatch)
    }

    @Test func theCutDoesNotMatter() throws {
        let message = try SignatureFixture.message
        for (_, hash) in Self.hashes {
            let name = hash.lowercased().filter { $0 != "-" }
            let properties = try SignatureFixture.properties("p384-\(name)", "ECC_SECP384R1", hash)
            for chunk in [1, 41, 1000] {
                #expect(try outcome(properties, key: "p384", message: message, chunk: chunk) == nil)
            }
        }
    }

    @Test func anotherKeyOfTheSameTypeIsAMismatch() throws {
        let properties = try SignatureFixture.properties("rsa-sha256", "RSA-PSS", "SHA-256")
        #expect(try outcome(properties, key: "root", message: SignatureFixture.message) == .mismatch)
        let elliptic = try SignatureFixture.properties("p256-sha256", "ECC_SECP256R1", "SHA-256")
        #expect(try outcome(elliptic, key: "plain", message: SignatureFixture.message) == .mismatch)
        // A longer key cannot have made so short a signature.
        #expect(try outcome(properties, key: "rsa4096", message: SignatureFixture.message) == .mismatch)
    }

    @Test func aKeyOfAnotherTypeIsRefused() throws {
        for (key, type) in [
            ("rsa", "ECC_SECP256R1"), ("p256", "RSA-PSS"), ("p256", "ECC_SECP384R1"),
            ("p384", "ECC_SECP521R1"), ("p521", "ECC_SECP256R1"),
        ] {
            let properties = try SignatureFixture.properties("\(key)-sha256", type, "SHA-256")
            let keyType = try #require(SignatureKeyType(rawValue: type))
            #expect(try outcome(properties, key: key, message: []) == .keyMismatch(keyType))
        }
    }

    @Test func aSignatureOfAnotherFormIsRefused() throws {
        let message = try SignatureFixture.message
        let swapped = try SignatureFixture.properties("rsa-sha256", "ECC_SECP256R1", "SHA-256")
        #expect(try outcome(swapped, key: "p256", message: message) == .malformed)
        let older = try SignatureFixture.properties("rsa-pkcs1", "RSA-PSS", "SHA-256")
        #expect(try outcome(older, key: "rsa", message: message) == .mismatch)
        var short = try SignatureFixture.properties("rsa-sha256", "RSA-PSS", "SHA-256")
        short["img_signature"] = "AAAA"
        #expect(try outcome(short, key: "rsa", message: message) == .mismatch)
        // As large as the modulus can be, so above it.
        short["img_signature"] = String(repeating: "////", count: 85) + "/w=="
        #expect(try outcome(short, key: "rsa", message: message) == .mismatch)
    }

    /// OpenStack's tools sign with the longest one and verify any.
    @Test func aSaltOfAnotherLengthIsAccepted() throws {
        let properties = try SignatureFixture.properties("rsa-short-salt", "RSA-PSS", "SHA-256")
        #expect(try outcome(properties, key: "rsa", message: SignatureFixture.message) == nil)
        #expect(try outcome(properties, key: "rsa", message: []) == .mismatch)
    }

    @Test func theCertificateMustBeValidNow() throws {
        let properties = try #require(
            try SignatureProperties(SignatureFixture.properties("p256-sha256", "ECC_SECP256R1", "SHA-256")))
        let certificate = try SignatureFixture.certificate("p256")
        let (first, last) = (
            Timestamp(certificate.certificate.notValidBefore), Timestamp(certificate.certificate.notValidAfter)
        )
        for moment in [first, last] { _ = try SignatureVerifier(properties, certificate, at: moment) }
        #expect(throws: SignatureFault.certificate(.notYetValid)) {
            try SignatureVerifier(properties, certificate, at: first - .microseconds(1))
        }
        #expect(throws: SignatureFault.certificate(.expired)) {
            try SignatureVerifier(properties, certificate, at: last + .microseconds(1))
        }
    }

    @Test func everyFaultIsASentence() {
        let faults: [SignatureFault] = [
            .certificate(.expired), .keyMismatch(.p384), .malformed, .mismatch,
        ]
        for fault in faults { #expect("\(fault)".hasPrefix("the ")) }
        #expect("\(SignatureFault.keyMismatch(.p384))".contains("ECC_SECP384R1"))
    }
}
