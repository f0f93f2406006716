import HTTPTypes
import Model
import Synchronization
import Testing

@testable import API

/// Named versions, and what is made of them.
@Suite struct VersionTests {
    private static let server = "0e2c5c1e-3d5c-4a5f-9d5e-8f1b2c3d4e5f"

    @Test func `a request is compared with a version by its number`() {
        #expect(Microversion(2, 73) >= APIVersion.lockReasons)
        #expect(Microversion(2, 104) >= .lockReasons)
        #expect(Microversion(2, 9) < .lockReasons)
        #expect(APIVersion.crashDumps < .lockReasons)
        #expect(APIVersion.lockReasons.predecessor == Microversion(2, 72))
    }

    @Test func `a member of a later version is in the documents of later versions alone`() throws {
        func members(_ version: Microversion?) throws -> JSONValue? {
            let document = try JSONParser.parse(OpenAPIDocument(PlayedCompute.service, version: version).json())
            return document["paths"]?["/servers/{server_id}"]?["get"]?["responses"]?["200"]?["content"]?[
                "application/json"]?["schema"]?["properties"]
        }
        #expect(try members(Microversion(2, 73))?["host"] == nil)
        #expect(try members(Microversion(2, 73))?["name"] != nil)
        #expect(try members(Microversion(2, 74))?["host"] != nil)
        #expect(try members(nil)?["host"] != nil)
    }

    @Test(arguments: [("2.74", false, 0), ("2.73", false, 0), ("2.73", true, 1), ("2.104", true, 0)])
    func `an answer with a member of a later version is not as promised`(
        version: String, leaks: Bool, problems: Int
    ) async throws {
        let found = Mutex<[String]>([])
        let dispatcher = Dispatcher(
            [PlayedCompute.service], logger: PlayedServer.logger,
            answers: AnswerCheck { mismatch in found.withLock { $0.append(mismatch.problem) } })
        let response = await dispatcher.respond(
            to: APIRequest(
                .get, "/compute/v2.1/servers/\(Self.server)?leaks=\(leaks)",
                headers: [.authToken: "member@p", .openStackAPIVersion: "compute \(version)"]))
        #expect(response.status == 200)
        let told = found.withLock { $0 }
        #expect(told.count == problems, "\(told)")
        #expect(told.allSatisfy { $0.contains("host") })
    }

    @Test func `the page of a service says what each version brings and changes`() throws {
        let page = try #require(VersionPage(PlayedCompute.service).markdown())
        #expect(page.hasPrefix("# Versions of the Played Compute\n"))
        #expect(page.contains("| 2.1 | Servers and their actions. |\n"))
        #expect(page.contains("| 2.17 | Servers are crashed on purpose. |\n"))
        #expect(!page.contains("## 2.1\n"))
        #expect(
            page.contains("## 2.17\n\n* new: `POST /servers/{server_id}/action#trigger_crash_dump`\n"), "\(page)")
        #expect(page.contains("* with another body: `POST /servers/{server_id}/action#lock`\n"))
        #expect(page.contains("## 2.74\n\n* member `host`: `GET /servers/{server_id}`\n"))
        #expect(VersionPage(PlayedImages().service).markdown() == nil)
    }

    /// A member that is shown from 2.17 on, and in no version from 2.74 on.
    private struct Passing: Decodable, VersionedView {
        static let since: [String: APIVersion] = ["passing": .crashDumps]
        static let goneSince: [String: APIVersion] = ["passing": .hosts]

        let lasting: String
        let passing: String?
    }

    @Test(arguments: [
        (Microversion(2, 16), ["lasting"]), (Microversion(2, 17), ["lasting", "passing"]),
        (Microversion(2, 73), ["lasting", "passing"]), (Microversion(2, 74), ["lasting"]),
    ])
    func `a member comes with a version and goes with another`(version: Microversion, names: [String]) throws {
        guard case .object(let object) = Schema.of(Passing.self).at(version) else {
            Issue.record("no schema of an object")
            return
        }
        #expect(object.properties.map(\.name) == names)
    }
}
