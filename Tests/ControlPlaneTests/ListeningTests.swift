import Model
import Settings
import Testing

@testable import ControlPlane

@Suite("Listeners")
struct ListeningTests {
    @Test(
        "addresses",
        arguments: [("127.0.0.1:7780", "127.0.0.1", 7780), ("[::1]:0", "::1", 0), ("0.0.0.0:80", "0.0.0.0", 80)])
    func addresses(text: String, host: String, port: Int) throws {
        let address = try AddressAndPort(text)
        #expect(address.host == host && address.port == port)
    }

    @Test("what is no address is refused with an example", arguments: ["7780", "localhost", "127.0.0.1:70000", ":80"])
    func malformed(text: String) {
        let fault = #expect(throws: Fault.self) { try AddressAndPort(text) }
        #expect(fault?.message.contains("127.0.0.1:") == true)
    }

    @Test("noauth2 stays on this machine")
    func noauth2() throws {
        func listener(_ address: String) throws -> Bool {
            let settings = try Settings(overrides: [
                "auth.auth_strategy": .text("noauth2"), "listen.address": .text(address),
            ])
            return try Listening.services(settings).1.isLoopback
        }
        #expect(try listener("127.0.0.1:0"))
        #expect(try listener("[::1]:0"))
        #expect(throws: Fault.self) { try listener("0.0.0.0:7780") }
        #expect(throws: Fault.self) { try listener("192.0.2.1:7780") }
    }

    @Test("the base URL names the port that was taken, or what the operator says")
    func baseURL() throws {
        let plain = try Settings(overrides: ["listen.address": .text("[::]:0")])
        #expect(Listening.baseURL(plain, try AddressAndPort("[::]:0"), port: 4711) == "http://[::1]:4711")
        let behindProxy = try Settings(overrides: ["listen.public_endpoint": .text("https://cloud.example/")])
        #expect(Listening.baseURL(behindProxy, try AddressAndPort("127.0.0.1:1"), port: 1) == "https://cloud.example")
    }

    @Test("a certificate that cannot be read is named")
    func certificate() throws {
        let settings = try Settings(overrides: [
            "listen.certificate": .text("/nonexistent/chain.pem"), "listen.private_key": .text("/nonexistent/key.pem"),
        ])
        let fault = #expect(throws: Fault.self) { try Listening.services(settings) }
        #expect(fault?.message.contains("listen.certificate") == true)
    }
}
