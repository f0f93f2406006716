import NIOCore
import Testing

@testable import Clients

@Suite struct WebRulesTests {
    @Test(arguments: [
        ("127.0.0.1", true), ("127.9.9.9", true), ("0.0.0.0", true), ("169.254.169.254", true), ("224.0.0.1", true),
        ("255.255.255.255", true), ("93.184.216.34", false), ("128.0.0.1", false), ("10.0.0.1", false), ("::1", true),
        ("::", true), ("fe80::1", true), ("ff02::1", true), ("fd00::1", true), ("::ffff:127.0.0.1", true),
        ("2001:db8::1", false), ("::ffff:93.184.216.34", false),
    ]) func `this machine and its link are inside`(address: String, isInside: Bool) throws {
        #expect(WebRules.isInside(try SocketAddress(ipAddress: address, port: 80)) == isInside)
    }

    @Test(arguments: [
        ("http://a.example/x", true), ("https://A.example", true), ("http://a.example:80/x", true),
        ("http://a.example:22/x", false), ("ftp://a.example/x", false), ("https://[2001:db8::1]/x", true),
        ("http://127.0.0.1/x", false), ("http://[::1]/x", false), ("http://169.254.169.254/latest", false),
        ("http://10.0.0.1/x", true),
    ]) func `schemes and ports are bounded`(text: String, isAdmitted: Bool) throws {
        #expect(WebRules().admit(try #require(WebAddress(text))) == isAdmitted)
    }

    @Test(arguments: ["", "a", "/a", "http:///a", "http://user@a.example/", "http://u:p@a.example/", "mailto:a@b"])
    func `what has no host, or a user, is no address`(text: String) {
        #expect(WebAddress(text) == nil)
    }

    @Test func `hosts are allowed and refused by name`() throws {
        let address = try #require(WebAddress("http://A.example/x"))
        var rules = WebRules()
        rules.refusedHosts = ["a.example"]
        #expect(!rules.admit(address))
        rules.allowedHosts = ["b.example"]
        #expect(!rules.admit(address))
        rules.allowedHosts = ["a.example"]
        #expect(rules.admit(address))
        let inside = try SocketAddress(ipAddress: "127.0.0.1", port: 80)
        #expect(rules.admit(address, at: inside) && !WebRules().admit(address, at: inside))
    }

    @Test func `a redirect may be relative`() throws {
        let address = try #require(WebAddress("https://a.example/x/y"))
        #expect(address.following("z")?.description == "https://a.example/x/z")
        #expect(address.following("http://127.0.0.1/")?.host == "127.0.0.1")
    }
}
