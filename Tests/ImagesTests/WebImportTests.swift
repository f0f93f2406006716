import Clients
import Foundation
import HTTPTypes
import Model
import NIOCore
import TestJSON
import TestStore
import Testing
import Workflows

@testable import Images

/// Data that are fetched from the web.
@Suite(.everyEngine) struct WebImportTests {
    /// Knows one address.
    struct PlayedWeb: WebSource {
        var bytes: [UInt8] = [1, 2, 3, 4]

        func fetch(_ address: WebAddress, take: @Sendable (ByteBuffer) async throws -> Void) async throws {
            guard address.description == "http://images.example/a" else { throw WebFault("\(address) answers 404.") }
            for byte in bytes { try await take(ByteBuffer(bytes: [byte])) }
        }
    }

    private func begin(_ uri: String, _ id: String, in fixture: ImageFixture) async throws -> Answer {
        try await fixture.call(
            .post, "/v2/images/\(id)/import", ["method": ["name": "web-download", "uri": .text(uri)]])
    }

    @Test func `data come from the web`() async throws {
        let fixture = try await ImageFixture(web: PlayedWeb())
        let id = try await fixture.bare()
        #expect(try await begin("http://images.example/a", id, in: fixture).status == 202)
        #expect(try await fixture.show(id)["status"] == "importing")
        await fixture.engine.runDue()
        let image = try await fixture.show(id)
        #expect(image["status"] == "active" && image["size"] == 4)
        #expect(try await fixture.call(.get, "/v2/images/\(id)/file").bytes == [1, 2, 3, 4])
        #expect(try await begin("http://images.example/a", id, in: fixture).status == 409)
        try await fixture.service.sweep()
        #expect(fixture.files("blobs", of: "staging").isEmpty)
    }

    @Test func `what is not there, or is too large, leaves the image queued`() async throws {
        var options = ImageOptions()
        options.largestImage = 3
        let fixture = try await ImageFixture(options, web: PlayedWeb())
        for (uri, reason) in [("http://images.example/b", "answers 404"), ("http://images.example/a", "more bytes")] {
            let id = try await fixture.bare()
            #expect(try await begin(uri, id, in: fixture).status == 202)
            await fixture.engine.runDue()
            let image = try await fixture.show(id)
            #expect(image["status"] == "queued" && image["size"] == .null)
            let task = try await fixture.call(.get, "/v2/images/\(id)/tasks").json["tasks"][0]
            #expect(task["status"] == "failure" && task["message"].text.contains(reason))
        }
        try await fixture.service.sweep()
        #expect(fixture.files("drafts", of: "staging").isEmpty && fixture.files("blobs", of: "staging").isEmpty)
    }

    @Test(arguments: ["ftp://images.example/a", "http://images.example:8080/a", "file:///etc/passwd", "nonsense", ""])
    func `an address that does not pass is refused at once`(uri: String) async throws {
        let fixture = try await ImageFixture(web: PlayedWeb())
        let id = try await fixture.bare()
        let answer = try await begin(uri, id, in: fixture)
        #expect(answer.status == 400 && answer.fault.contains("does not pass filtering"))
        #expect(try await fixture.show(id)["status"] == "queued")
    }
}
