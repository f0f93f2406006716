import Foundation
import Model
import Settings
import Testing

@testable import ControlPlane

@Suite("clouds.yaml")
struct CloudsFileTests {
    private let clouds = [CloudsFile.Cloud(name: "kilonova", user: "admin", project: "admin", password: Secret("p"))]

    @Test("names the authority only where it is our own")
    func authority() {
        let plain = CloudsFile.withPasswords(base: "http://x", clouds)
        #expect(!plain.contains("cacert"))
        let own = CloudsFile.withPasswords(base: "https://x", authority: "/etc/tls.pem", clouds)
        #expect(own.contains("    region_name: RegionOne\n    cacert: \"/etc/tls.pem\"\n    identity_api_version"))
        let open = CloudsFile.withoutAuthentication(base: "https://x", authority: "/etc/tls.pem")
        #expect(open.components(separatedBy: "    cacert: \"/etc/tls.pem\"\n").count == 4)
        #expect(!CloudsFile.withoutAuthentication(base: "http://x").contains("cacert"))
    }

    @Test("a chain that ends in itself is our own; one that somebody else signed is not, nor is what cannot be read")
    func chains() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kilonova-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func authority(_ name: String, _ text: String) throws -> String? {
            let file = folder.appending(path: name)
            try Data(text.utf8).write(to: file)
            return Listening.ownAuthority(
                try Settings(overrides: [
                    "listen.certificate": .text(file.path), "listen.private_key": .text(file.path),
                ]))
        }
        #expect(try authority("own", Self.selfSigned)?.hasSuffix("/own") == true)
        #expect(try authority("leaf", Self.leaf) == nil)
        #expect(try authority("chain", Self.leaf + Self.selfSigned)?.hasSuffix("/chain") == true)
        #expect(try authority("text", "no certificate") == nil)
        #expect(Listening.ownAuthority(try Settings(overrides: [:])) == nil)
    }

    // Made with openssl; their keys are gone.
    private static let selfSigned = """
        -----BEGIN CERTIFICATE-----
        MIIBmzCCAUGgAwIBAgIUDgCltveaLqlX5XfQs7Uc9dEUSdcwCgYIKoZIzj0EAwIw
        IjEgMB4GA1UEAwwXS2lsb25vdmEgdGVzdCBhdXRob3JpdHkwIBcNMjYxMTMwMDcx
        OTUxWhgPMjEyNjExMDYwNzE5NTFaMCIxIDAeBgNVBAMMF0tpbG9ub3ZhIHRlc3Qg
        YXV0aG9yaXR5MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEN6IjmI199TNon9Sx
        ixTzROko+wh9ZJNZ/N/TNq7dPnBdsU/42N2EpXnCyAv43vVp7DRB/mpeZSLlZWol
        34/EcKNTMFEwHQYDVR0OBBYEFHojaCfOBLyCOSR/SbIDHbgXzKWUMB8GA1UdIwQY
        MBaAFHojaCfOBLyCOSR/SbIDHbgXzKWUMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZI
        zj0EAwIDSAAwRQIhANvD4MCIvrXyMjYuBmXaIXI3dbWUP0lHNxaqlc3oSIB1AiBJ
        GbMylzJtFPmYWnRw+J1cra9+ni7oOFWFyGM0ZGaGhA==
        -----END CERTIFICATE-----

        """

    private static let leaf = """
        -----BEGIN CERTIFICATE-----
        MIIBNTCB3QIULalvcFk2/e/zue/QKKiYYlsihpIwCgYIKoZIzj0EAwIwIjEgMB4G
        A1UEAwwXS2lsb25vdmEgdGVzdCBhdXRob3JpdHkwIBcNMjYxMTMwMDcxOTUyWhgP
        MjEyNjExMDYwNzE5NTJaMBgxFjAUBgNVBAMMDWNsb3VkLmV4YW1wbGUwWTATBgcq
        hkjOPQIBBggqhkjOPQMBBwNCAATvZ+vcrz2z2oUu/wPWKNsSsJfasErVsE1CgC4u
        s+cnCK7VoXOcHPOuNhEUeE5Vdz63jv3WZXBVk9L3svbeLaYRMAoGCCqGSM49BAMC
        A0cAMEQCIH7MBpBWwm9x5uQEY1wSjuA9sklMhl8TJD6AhsUmuEPyAiBGh2fx3Rdo
        FBOPg9SCB5xORwh62NdSnaFY3Y/JVTpaFQ==
        -----END CERTIFICATE-----

        """
}
