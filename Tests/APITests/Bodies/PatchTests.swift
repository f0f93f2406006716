import API
import HTTPTypes
import Model
import Testing

/// Documents of changes, whose media type says their form.
@Suite struct PatchTests {
    private let dispatcher = Dispatcher([PlayedImages().service], logger: PlayedServer.logger)

    private func send(_ type: String?, _ body: String) async throws -> (status: Int, headers: HTTPFields, body: String)
    {
        var headers: HTTPFields = [:]
        headers[.contentType] = type
        let response = await dispatcher.respond(
            to: APIRequest(.patch, "/image/v2/image", headers: headers, body: Array(body.utf8)))
        return (response.status, response.headers, String(decoding: try await response.bytes(), as: UTF8.self))
    }

    @Test func `each media type has a form of its own`() async throws {
        let new = "\(PlayedImages.newPatch)"
        let old = "\(PlayedImages.oldPatch)"
        #expect(try await send(new, #"[{"op": "add", "path": "/name", "value": "a"}]"#).body == #"{"size":1}"#)
        #expect(try await send(new, "[]").body == #"{"size":0}"#)
        #expect(try await send(old, #"[{"replace": "/name", "value": "a"}]"#).body == #"{"size":100}"#)
        #expect(try await send(old, #"[{"op": "add", "path": "/name", "value": "a"}]"#).status == 400)
        #expect(try await send(new, #"[{"op": "move", "path": "/name"}]"#).status == 400)
        #expect(try await send(new, "").status == 400)
        #expect(try await send(new, "[").status == 400)
    }

    @Test(arguments: ["application/json", "application/json-patch+json", nil])
    func `others are refused with those that are taken`(type: String?) async throws {
        let answer = try await send(type, "[]")
        #expect(answer.status == 415)
        let patch = try #require(HTTPField.Name("Accept-Patch"))
        #expect(answer.headers[patch] == "\(PlayedImages.newPatch), \(PlayedImages.oldPatch)")
        #expect(answer.body.contains("\(PlayedImages.newPatch)"))
    }
}
