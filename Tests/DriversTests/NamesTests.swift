import Model
import Testing

@testable import Drivers

@Suite struct NamesTests {
    /// The test suite of RFC 1321.
    @Test(arguments: [
        ("", "d41d8cd98f00b204e9800998ecf8427e"), ("a", "0cc175b9c0f1b6a831c399e269772661"),
        ("abc", "900150983cd24fb0d6963f7d28e17f72"), ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
        ("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"),
        (
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
            "d174ab98d277d9f5a5611c2c9f419d9f"
        ),
        (
            "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
            "57edf4a22be3c955ac49da2e2107b67a"
        ),
    ])
    func digests(text: String, digest: String) {
        let found = MD5.digest(Array(text.utf8)).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
        #expect(found == digest)
    }

    /// Known from Python: `uuid.uuid3(uuid.NAMESPACE_DNS, name)`.
    @Test(arguments: UUID3.known)
    func providerIdentifiers(known: UUID3) {
        #expect(ProviderNames.identifier(ofProvider: known.name).description == known.id)
    }

    @Test func plainNames() {
        #expect(ProviderNames.plain("h-1.example_FakeDevice") == "h-1_example_FakeDevice")
        #expect(ProviderNames.plain("höst") == "h_st")
    }

}

struct UUID3: Sendable, CustomTestStringConvertible {
    let name: String
    let id: String
    var testDescription: String { name }

    static let known = [
        UUID3(name: "python.org", id: "6fa459ea-ee8a-3ca4-894e-db77e160355e"),
        UUID3(name: "h_FakeDevice", id: "b1dd81c4-4787-3c6d-b727-18fbec0fa914"),
        UUID3(name: "two-socket_FakeDevice", id: "d14b4a19-136b-31ee-aac1-5ea262157914"),
        UUID3(name: "two-socket_0000:82:10.0", id: "540553aa-a51b-3078-b756-b2a5946984ba"),
        UUID3(name: String(repeating: "x", count: 200), id: "12d29b9f-eed4-347c-91a4-8b0f037795e2"),
    ]
}
