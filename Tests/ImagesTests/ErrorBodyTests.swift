import Foundation
import HTTPTypes
import TestJSON
import Testing

@testable import Images

/// The body of an error in the form that each client reads.
@Suite struct ErrorBodyTests {
    private static let path = "/v2/images/11111111-2222-4333-8444-55555555555f"

    private func answer(_ accept: String) async throws -> Answer {
        let fixture = try await ImageFixture()
        return try await fixture.call(.delete, Self.path, headers: [("Accept", accept)])
    }

    @Test func `JSON is for who asks for it`() async throws {
        let answer = try await answer("application/json")
        #expect(answer.status == 404 && answer.header("Content-Type") == "application/json")
        #expect(answer.json["code"] == "404 Not Found" && answer.json["title"] == "Not Found")
        #expect(answer.json["message"].text == "No image found with ID 11111111-2222-4333-8444-55555555555f")
    }

    @Test(arguments: ["*/*", "text/html,application/xhtml+xml", "application/json, */*"]) func `a page is for readers`(
        accept: String
    ) async throws {
        let answer = try await answer(accept)
        #expect(answer.header("Content-Type")?.hasPrefix("text/html") == true)
        #expect(answer.text.contains("<title>404 Not Found</title>") && answer.text.contains("<h1>404 Not Found</h1>"))
        #expect(answer.text.contains("No image found with ID"))
    }

    @Test(arguments: ["", "text/plain"]) func `text is for the rest`(accept: String) async throws {
        let answer = try await answer(accept)
        #expect(answer.header("Content-Type")?.hasPrefix("text/plain") == true)
        #expect(answer.text.hasPrefix("404 Not Found\n\nNo image found with ID") && answer.text.hasSuffix("\n\n   "))
    }

    @Test func `what a client sent is escaped in a page`() async throws {
        let fixture = try await ImageFixture()
        let answer = try await fixture.call(
            .get, "/v2/images?visibility=%3Cscript%3E", headers: [("Accept", "*/*")])
        #expect(answer.status == 400 && answer.text.contains("&lt;script&gt;") && !answer.text.contains("<script>"))
    }

    @Test func `who has no token is told where to get one`() async throws {
        let fixture = try await ImageFixture()
        let answer = try await fixture.call(.get, "/v2/images", as: .nobody)
        #expect(
            answer.status == 401 && answer.header("WWW-Authenticate") == "Keystone uri=\"http://127.0.0.1/identity\"")
    }
}
