import HTTPTypes
import Logging
import Model
import Synchronization
import Testing

@testable import API

/// Headers of responses, in the OpenAPI document and held against it.
@Suite struct AnswerHeaderTests {
    private static let tagged = APIVersion(2, 4, "Things have tags.")
    private static let tag = AnswerHeader(.eTag, "The tag", since: tagged)
    private static let note = AnswerHeader(.location, "The address of more", always: false)

    private static func service(
        _ answer: Endpoint.Answer, _ headers: HTTPFields = [:], status: Int = 200,
        family: any APIFamily = AcceleratorFamily()
    ) -> Service {
        Service(
            name: "things", title: "Things", prefix: "/things", family: family,
            endpoints: [
                Endpoint(.get, "/thing", "Show a thing", access: .open, answers: answer, .empty(201)) { _ in
                    .empty(status, headers: headers)
                }
            ], versions: family is AcceleratorFamily ? [tagged] : [], authenticator: PlayedAuthenticator(),
            authorizer: PlayedAuthorizer())
    }

    private static func response(_ service: Service, _ version: Microversion?) throws -> JSONValue? {
        let document = try JSONParser.parse(OpenAPIDocument(service, version: version).json())
        return document["paths"]?["/thing"]?["get"]?["responses"]?["200"]
    }

    @Test func `a header is in the documents of the versions that send it`() throws {
        let service = Self.service(.empty(200).sending(Self.tag, Self.note))
        let old = try #require(try Self.response(service, Microversion(2, 3))?["headers"])
        #expect(old["ETag"] == nil && old["Location"]?["required"] == .bool(false))
        for version in [Microversion(2, 4), nil] {
            let headers = try #require(try Self.response(service, version)?["headers"])
            #expect(headers["ETag"]?["description"] == .text("The tag") && headers["ETag"]?["required"] == .bool(true))
            #expect(headers["ETag"]?["schema"]?["type"] == .text("string"))
            #expect(headers["ETag"]?["x-openstack-min-version"] == .text("2.4"))
        }
        #expect(try Self.response(Self.service(.empty(200)), nil)?["headers"] == nil)
    }

    @Test func `a header of the whole family is in each of its documents`() throws {
        let service = Self.service(.empty(200), family: PlacementFamily())
        #expect(try Self.response(service, Microversion(1, 14))?["headers"] == nil)
        #expect(try Self.response(service, Microversion(1, 15))?["headers"]?["Last-Modified"] != nil)
    }

    /// What is reported of a response with `headers` in version 2.4.
    private func reported(_ headers: HTTPFields, status: Int = 200, version: String = "2.4") async throws -> [String] {
        let found = Mutex<[String]>([])
        let dispatcher = Dispatcher(
            [Self.service(.empty(200).sending(Self.tag, Self.note), headers, status: status)],
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            answers: AnswerCheck { mismatch in found.withLock { $0.append(mismatch.problem) } })
        let asked: HTTPFields = [.openStackAPIVersion: "accelerator \(version)"]
        let response = await dispatcher.respond(to: APIRequest(.get, "/things/thing", headers: asked))
        #expect(response.status == status)
        return found.withLock { $0 }
    }

    @Test func `what is sent is held against what the document tells`() async throws {
        #expect(try await reported([.eTag: "\"1\""]).isEmpty)
        #expect(try await reported([.eTag: "\"1\"", .location: "/more", .cacheControl: "no-store"]).isEmpty)
        #expect(try await reported([:]) == ["the header ETag, which the document tells, is not there"])
        #expect(
            try await reported([.eTag: "\"1\"", .lastModified: "now"]) == ["the document tells no header Last-Modified"]
        )
        // Another status has none, and earlier versions have no tags.
        #expect(try await reported([:], status: 201).isEmpty)
        #expect(try await reported([.eTag: "\"1\""], status: 201) == ["the document tells no header ETag"])
        #expect(try await reported([:], version: "2.3").isEmpty)
        #expect(try await reported([.eTag: "\"1\""], version: "2.3") == ["the document tells no header ETag"])
    }
}
