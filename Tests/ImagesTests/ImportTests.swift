import Foundation
import HTTPTypes
import Model
import TestJSON
import TestStore
import Testing
import Workflows

@testable import Images

/// Staging, importing, copying between stores, and the tasks that follow it.
@Suite(.everyEngine) struct ImportTests {
    private static let direct: JSON = ["method": ["name": "glance-direct"]]

    @discardableResult
    private func stage(_ bytes: [UInt8], _ id: String, in fixture: ImageFixture) async throws -> Answer {
        try await fixture.send(
            .put, "/v2/images/\(id)/stage", bytes, headers: [("Content-Type", "application/octet-stream")])
    }

    private func begin(_ body: JSON, _ id: String, in fixture: ImageFixture, as persona: Persona = .member) async throws
        -> Answer
    {
        try await fixture.call(.post, "/v2/images/\(id)/import", body, as: persona)
    }

    private func tasks(_ id: String, in fixture: ImageFixture) async throws -> [JSON] {
        try await fixture.call(.get, "/v2/images/\(id)/tasks").json["tasks"].array
    }

    @Test func `staged data are imported`() async throws {
        let fixture = try await ImageFixture()
        let made = try await fixture.call(.post, "/v2/images", ["disk_format": "raw", "container_format": "bare"])
        #expect(made.header("OpenStack-image-import-methods") == "glance-direct,web-download,copy-image")
        let id = made.json["id"].text
        #expect(try await begin(Self.direct, id, in: fixture).status == 409)
        #expect(try await stage([1, 2, 3], id, in: fixture).status == 204)
        let staged = try await fixture.show(id)
        #expect(staged["status"] == "uploading" && staged["size"] == 3 && staged["checksum"] == .null)
        #expect(try await stage([4], id, in: fixture).status == 409)
        #expect(try await fixture.upload([4], to: id).status == 409)
        let begun = try await begin(Self.direct, id, in: fixture)
        #expect(begun.status == 202 && begun.bytes.isEmpty, "\(begun.text)")
        let importing = try await fixture.show(id)
        let task = try #require(try await tasks(id, in: fixture).first)
        #expect(importing["status"] == "importing" && importing["os_glance_import_task"] == task["id"])
        #expect(importing["os_glance_importing_to_stores"] == "file" && task["status"] == "pending")
        #expect(try await begin(Self.direct, id, in: fixture).status == 409)
        await fixture.engine.runDue()
        let image = try await fixture.show(id)
        #expect(image["status"] == "active" && image["size"] == 3 && image["virtual_size"] == 3)
        #expect(image["os_hash_algo"] == "sha512" && !image.keys.contains("os_glance_import_task"))
        #expect(image["os_glance_importing_to_stores"] == "" && image["os_glance_failed_import"] == "")
        #expect(try await fixture.call(.get, "/v2/images/\(id)/file").bytes == [1, 2, 3])
        let ended = try #require(try await tasks(id, in: fixture).first)
        #expect(ended["status"] == "success" && ended["type"] == "api_image_import" && ended["image_id"].text == id)
        #expect(ended["input"]["import_req"] == Self.direct && ended["owner"] == "blue")
        try await fixture.service.sweep()
        #expect(fixture.files("blobs", of: "staging").isEmpty && fixture.files("blobs").count == 1)
    }

    @Test func `refused data leave the image queued and the task failed`() async throws {
        let fixture = try await ImageFixture(inspection: { ImageDataTests.Picky($0) })
        let id = try await fixture.bare(["disk_format": "qcow2"])
        #expect(try await stage([0, 1], id, in: fixture).status == 204)
        #expect(try await begin(Self.direct, id, in: fixture).status == 202)
        await fixture.engine.runDue()
        let image = try await fixture.show(id)
        #expect(image["status"] == "queued" && image["size"] == .null && !image.keys.contains("os_glance_import_task"))
        #expect(image["os_glance_failed_import"] == "file")
        let task = try #require(try await tasks(id, in: fixture).first)
        #expect(task["status"] == "failure" && task["message"] == "Image disk_format qcow2 does not match.")
        try await fixture.service.sweep()
        #expect(fixture.files("blobs", of: "staging").isEmpty && fixture.files("blobs").isEmpty)
        // It can be filled again, at a later time: tasks are listed newest first.
        fixture.clock.advance(.seconds(1))
        #expect(try await stage([1, 0], id, in: fixture).status == 204)
        #expect(try await begin(Self.direct, id, in: fixture).status == 202)
        await fixture.engine.runDue()
        #expect(try await fixture.show(id)["status"] == "active")
        #expect(try await tasks(id, in: fixture).map(\.["status"].text) == ["success", "failure"])
    }

    @Test func `formats do not change while data are held against them`() async throws {
        let fixture = try await ImageFixture()
        let id = try await fixture.bare(["container_format": "ovf", "disk_format": "qcow2"])
        try await stage([1], id, in: fixture)
        for status in ["uploading", "importing"] {
            #expect(try await fixture.show(id)["status"].text == status)
            let change: JSON = [["op": "replace", "path": "/container_format", "value": "bare"]]
            let answer = try await fixture.patch(id, change)
            #expect(answer.status == 403 && answer.fault.contains("queued image"))
            if status == "uploading" { #expect(try await begin(Self.direct, id, in: fixture).status == 202) }
        }
        await fixture.engine.runDue()
        let image = try await fixture.show(id)
        #expect(image["status"] == "active" && image["container_format"] == "ovf")
    }

    @Test func `an image that is deleted ends its import`() async throws {
        let fixture = try await ImageFixture()
        let id = try await fixture.bare()
        try await stage([1], id, in: fixture)
        #expect(try await begin(Self.direct, id, in: fixture).status == 202)
        #expect(try await fixture.call(.delete, "/v2/images/\(id)").status == 204)
        await fixture.engine.runDue()
        try await fixture.service.sweep()
        #expect(fixture.files("blobs", of: "staging").isEmpty && fixture.files("blobs").isEmpty)
        let list = try await fixture.call(.get, "/v2/tasks", as: .admin).json["tasks"].array
        #expect(list.count == 1 && list[0]["status"] == "failure")
    }

    @Test func `an image is copied to another store, and removed from one`() async throws {
        let fixture = try await ImageFixture(stores: ["a", "b", "c"])
        let id = try await fixture.bare()
        let copy: JSON = ["method": ["name": "copy-image"], "stores": ["b"]]
        #expect(try await begin(copy, id, in: fixture, as: .admin).status == 409)
        try await fixture.upload([7, 7], to: id)
        #expect(try await begin(copy, id, in: fixture).status == 403)
        let none: JSON = ["method": ["name": "copy-image"], "stores": ["x"]]
        #expect(try await begin(none, id, in: fixture, as: .admin).status == 409)
        let present: JSON = ["method": ["name": "copy-image"], "stores": ["a"]]
        #expect(try await begin(present, id, in: fixture, as: .admin).status == 400)
        #expect(try await begin(copy, id, in: fixture, as: .admin).status == 202)
        #expect(try await fixture.call(.delete, "/v2/stores/a/\(id)", as: .admin).status == 403)
        await fixture.engine.runDue()
        let image = try await fixture.show(id)
        #expect(image["status"] == "active" && Set(image["stores"].text.split(separator: ",")) == ["a", "b"])
        let all: JSON = ["method": ["name": "copy-image"], "all_stores": true]
        #expect(try await begin(all, id, in: fixture, as: .admin).status == 202)
        await fixture.engine.runDue()
        #expect(try await fixture.show(id)["stores"].text.split(separator: ",").count == 3)
        #expect(try await fixture.call(.get, "/v2/images/\(id)/file?prefer=c").bytes == [7, 7])
        #expect(try await fixture.call(.delete, "/v2/stores/a/\(id)").status == 403)
        #expect(try await fixture.call(.delete, "/v2/stores/x/\(id)", as: .admin).status == 409)
        for store in ["a", "b"] {
            #expect(try await fixture.call(.delete, "/v2/stores/\(store)/\(id)", as: .admin).status == 204)
        }
        #expect(try await fixture.call(.delete, "/v2/stores/a/\(id)", as: .admin).status == 404)
        #expect(try await fixture.call(.delete, "/v2/stores/c/\(id)", as: .admin).status == 403)
        try await fixture.service.sweep()
        #expect(fixture.files("blobs", of: "a").isEmpty && fixture.files("blobs", of: "c").count == 1)
        #expect(try await fixture.call(.get, "/v2/images/\(id)/file").bytes == [7, 7])
    }

    @Test(
        arguments: [
            (["method": ["name": "nothing"]], 400), ([:], 400), (["method": [:]], 400), (["method": ["name": ""]], 400),
            (["method": ["name": "glance-direct"], "all_stores": "true"], 400),
            (["method": ["name": "glance-direct"], "stores": ["none"]], 409),
        ] as [(JSON, Int)]) func `what is no import is refused`(body: JSON, status: Int) async throws
    {
        let fixture = try await ImageFixture()
        let id = try await fixture.bare()
        try await stage([1], id, in: fixture)
        #expect(try await begin(body, id, in: fixture).status == status)
        #expect(try await fixture.show(id)["status"] == "uploading")
        #expect(try await tasks(id, in: fixture).isEmpty)
    }

    @Test func `tasks are an administrator's, beside their image everybody's who sees it`() async throws {
        let fixture = try await ImageFixture()
        let id = try await fixture.bare()
        try await stage([1], id, in: fixture)
        #expect(try await begin(Self.direct, id, in: fixture).status == 202)
        #expect(try await fixture.call(.get, "/v2/images/\(id)/tasks", as: .reader).status == 200)
        #expect(try await fixture.call(.get, "/v2/images/\(id)/tasks", as: .otherMember).status == 404)
        #expect(try await fixture.call(.get, "/v2/tasks").status == 403)
        let list = try await fixture.call(.get, "/v2/tasks?limit=1", as: .admin).json
        let task = list["tasks"][0]["id"].text
        #expect(list["schema"] == "/v2/schemas/tasks" && list["next"].text == "/v2/tasks?limit=1&marker=\(task)")
        #expect(try await fixture.call(.get, list["next"].text, as: .admin).json["tasks"].array.isEmpty)
        let shown = try await fixture.call(.get, "/v2/tasks/\(task)", as: .admin).json
        #expect(shown["self"].text == "/v2/tasks/\(task)" && shown["input"]["image_id"].text == id)
        #expect(try await fixture.call(.get, "/v2/tasks?status=success", as: .admin).json["tasks"].array.isEmpty)
        #expect(try await fixture.call(.get, "/v2/tasks?marker=\(id)", as: .admin).status == 400)
        #expect(try await fixture.call(.get, "/v2/tasks/\(id)", as: .admin).status == 404)
        #expect(try await fixture.call(.delete, "/v2/tasks/\(task)", as: .admin).status == 405)
        await fixture.engine.runDue()
        fixture.clock.advance(.seconds(49 * 3600))
        try await fixture.service.sweep()
        #expect(try await fixture.count("image_tasks") == 0)
    }
}
