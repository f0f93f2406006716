import HTTPTypes
import NIOHTTP1
import Testing

@testable import API

/// What the door makes of a request before anybody else sees it.
@Suite struct FrontTests {
    @Test func `the log shows a path without its query, printable, and cut where it is long`() {
        #expect(Front.shown("/placement/traits?name=in:A") == "/placement/traits")
        #expect(Front.shown("/a\u{1b}[31m\u{e9}") == "/a?[31m??")
        let long = Front.shown("/" + String(repeating: "x", count: 9999) + "?q=1")
        #expect(long.utf8.count < 300 && long.hasSuffix("... (10000 bytes)"))
    }

    @Test func `a client cannot say what is wrong with its own Host`() {
        var head = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: "/",
            headers: ["Host": "a", "Kilonova-Host-Problem": "several", "kilonova-host-problem": "missing"])
        HostField.mark(&head)
        #expect(head.headers.map { $0.name } == ["Host"])
        var headers: HTTPFields = [:]
        #expect(HostField.complaint(&headers) == nil)
    }

    @Test func `what is wrong with a Host is told once and taken away`() {
        var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/", headers: ["Host": "a", "host": "b"])
        HostField.mark(&head)
        #expect(!head.headers.contains(name: "host"))
        var fields: HTTPFields = [:]
        for (name, value) in head.headers {
            if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
        }
        #expect(HostField.complaint(&fields)?.contains("more than one") == true)
        #expect(fields.isEmpty)
    }
}
