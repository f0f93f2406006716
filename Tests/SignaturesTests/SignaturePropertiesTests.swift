import Testing

@testable import Signatures

@Suite struct SignaturePropertiesTests {
    private static let whole = [
        "img_signature": "c2ln\nbmVk", "img_signature_hash_method": "SHA-256", "img_signature_key_type": "RSA-PSS",
        "img_signature_certificate_uuid": "a-secret", "os_distro": "debian",
    ]

    private func fault(_ properties: [String: String]) -> SignaturePropertyFault? {
        do throws(SignaturePropertyFault) {
            _ = try SignatureProperties(properties)
            return nil
        } catch {
            return error
        }
    }

    private func changed(_ name: String, _ value: String?) -> [String: String] {
        var properties = Self.whole
        properties[name] = value
        return properties
    }

    @Test func fourPropertiesAreASignature() throws {
        let properties = try #require(try SignatureProperties(Self.whole))
        #expect(properties.signature == Array("signed".utf8))
        #expect(properties.hash == .sha256 && properties.keyType == .rsaPSS)
        #expect(properties.certificateID == "a-secret")
    }

    @Test func noneOfThemIsNone() throws {
        #expect(try SignatureProperties(["os_distro": "debian"]) == nil)
    }

    @Test func someOfThemAreAnError() throws {
        for name in SignatureProperties.Name.all {
            #expect(fault(changed(name, nil)) == .missing([name]))
            #expect(try SignatureProperties(changed(name, nil), allowsPart: true) == nil)
            #expect(fault(changed(name, "")) == .empty(name))
        }
        let one = ["img_signature": "c2ln"]
        #expect(
            fault(one)?.description
                == "an image with a signature must have all of its properties, and 'img_signature_hash_method', "
                + "'img_signature_key_type', 'img_signature_certificate_uuid' are missing")
    }

    @Test func unknownValuesAreErrorsThatNameTheProperty() {
        let hash = fault(changed("img_signature_hash_method", "MD5"))
        #expect(hash == .unknownHash("MD5"))
        #expect(hash?.description.hasPrefix("'img_signature_hash_method' must be one of SHA-224, SHA-256") == true)
        let type = fault(changed("img_signature_key_type", "rsa-pss"))
        #expect(type == .unknownKeyType("rsa-pss"))
        #expect(type?.description.hasPrefix("'img_signature_key_type' must be one of RSA-PSS, ECC_SECP256R1") == true)
        for text in ["not base64", "c2lnbmV", "%%%%", " "] {
            #expect(fault(changed("img_signature", text)) == .notBase64)
        }
    }

    @Test(arguments: ["DSA", "ECC_SECT571K1", "ECC_SECT571R1", "ECC_SECT409K1", "ECC_SECT409R1"])
    func weakTypesAreRefusedByName(type: String) throws {
        let refusal = try #require(fault(changed("img_signature_key_type", type)))
        #expect(refusal == .refusedKeyType(type) && refusal.description.contains(type))
    }
}
