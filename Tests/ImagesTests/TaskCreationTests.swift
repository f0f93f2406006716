import Foundation
import HTTPTypes
import Model
import TestJSON
import TestStore
import Testing
import Workflows

@testable import Images

/// The API of tasks, which older clients use to import images.
@Suite(.everyEngine) struct TaskCreationTests {
    private func body(_ address: String, _ properties: JSON) -> JSON {
        [
            "type": "import",
            "input": [
                "import_from": .text(address), "import_from_format": "raw", "image_properties": properties,
            ],
        ]
    }
    private static let properties: JSON = [
        "name": "made", "disk_format": "raw", "container_format": "bare", "visibility": "public",
    ]

    @Test func `a task makes an image of data in the web`() async throws {
        let fixture = try await ImageFixture(web: WebImportTests.PlayedWeb())
        let made = try await fixture.call(
            .post, "/v2/tasks", body("http://images.example/a", Self.properties), as: .admin)
        #expect(made.status == 201, "\(made.text)")
        let id = made.json["id"].text
        #expect(made.json["status"] == "pending" && made.json["type"] == "import" && made.json["result"] == .null)
        #expect(made.json["input"]["image_properties"] == Self.properties)
        #expect(made.header("Location") == "http://127.0.0.1/image/v2/tasks/\(id)")
        await fixture.engine.runDue()
        let task = try await fixture.call(.get, "/v2/tasks/\(id)", as: .admin).json
        #expect(task["status"] == "success")
        let image = try await fixture.show(task["result"]["image_id"].text)
        #expect(image["status"] == "active" && image["name"] == "made" && image["size"] == 4)
        #expect(image["visibility"] == "public")
    }

    @Test func `a task that fails says why`() async throws {
        let fixture = try await ImageFixture(web: WebImportTests.PlayedWeb())
        let made = try await fixture.call(
            .post, "/v2/tasks", body("http://images.example/b", Self.properties), as: .admin)
        await fixture.engine.runDue()
        let task = try await fixture.call(.get, "/v2/tasks/\(made.json["id"].text)", as: .admin).json
        #expect(task["status"] == "failure" && task["message"].text.contains("answers 404"))
        #expect(task["result"] == .null)
    }

    @Test func `what is no task is refused, and nothing is made`() async throws {
        let fixture = try await ImageFixture(web: WebImportTests.PlayedWeb())
        let good = body("http://images.example/a", Self.properties)
        #expect(try await fixture.call(.post, "/v2/tasks", good).status == 403)
        #expect(try await fixture.call(.post, "/v2/tasks", good, as: .nobody).status == 401)
        for (body, status) in [
            (["type": "export", "input": good["input"]], 400), (["type": "import"], 400), ([:], 400),
            (body("file:///etc/passwd", Self.properties), 400), (body("http://127.0.0.1/a", Self.properties), 400),
            (body("http://images.example/a", ["disk_format": "raw"]), 400),
            (body("http://images.example/a", ["disk_format": "gpt", "container_format": "bare"]), 400),
            (body("http://images.example/a", ["status": "active"]), 403),
        ] as [(JSON, Int)] {
            let answer = try await fixture.call(.post, "/v2/tasks", body, as: .admin)
            #expect(answer.status == status, "\(body): \(answer.text)")
        }
        #expect(try await fixture.count("images") == 0)
        #expect(try await fixture.count("image_tasks") == 0)
        #expect(try await fixture.call(.delete, "/v2/tasks/\(UUID())", as: .admin).status == 405)
    }

    @Test func `tasks are sorted as asked, page by page`() async throws {
        let fixture = try await ImageFixture(web: WebImportTests.PlayedWeb())
        var ids: [String] = []
        for letter in ["a", "b", "c"] {
            let made = try await fixture.call(
                .post, "/v2/tasks", body("http://images.example/\(letter)", Self.properties), as: .admin)
            ids.append(made.json["id"].text)
            fixture.clock.advance(.seconds(1))
        }
        await fixture.engine.runDue()
        func list(_ query: String) async throws -> (ids: [String], next: String) {
            let answer = try await fixture.call(.get, query, as: .admin)
            return (answer.json["tasks"].array.map(\.["id"].text), answer.json["next"].text)
        }
        #expect(try await list("/v2/tasks").ids == ids.reversed())
        #expect(try await list("/v2/tasks?sort_dir=asc").ids == ids)
        #expect(try await list("/v2/tasks?status=success").ids == [ids[0]])
        for key in ["id", "type", "status", "created_at", "updated_at", "expires_at"] {
            var found: [String] = []
            var next = "/v2/tasks?sort_key=\(key)&limit=1"
            while !next.isEmpty, found.count < 4 {
                let page = try await list(next)
                found += page.ids
                next = page.next
            }
            #expect(found.count == 3 && Set(found) == Set(ids), "\(key)")
        }
        #expect(try await fixture.call(.get, "/v2/tasks?sort_key=x", as: .admin).status == 400)
        #expect(try await fixture.call(.get, "/v2/tasks?sort_dir=x", as: .admin).status == 400)
    }
}
