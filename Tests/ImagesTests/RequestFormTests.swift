import Foundation
import HTTPTypes
import Model
import TestJSON
import TestStore
import Testing
import Workflows

@testable import Images

/// What a request may have besides its path: a body, a method, an id, a wish of forms.
@Suite struct RequestFormTests {
    @Test func `a body is refused where none is expected`() async throws {
        let fixture = try await ImageFixture()
        let id = try await fixture.bare()
        let path = "/v2/images/\(id)"
        let calls: [(HTTPRequest.Method, String)] = [
            (.get, "/v2/images"), (.get, path), (.get, "\(path)/file"), (.post, "\(path)/actions/deactivate"),
            (.put, "\(path)/tags/a"), (.delete, path), (.get, "\(path)/members"), (.get, "/v2/schemas/image"),
        ]
        for (method, path) in calls {
            let answer = try await fixture.send(method, path, Array("{}".utf8))
            #expect(answer.status == 400 && answer.fault.contains("body is not expected"), "\(method) \(path)")
        }
        #expect(try await fixture.show(id)["tags"] == [])
        // A type without a body is what glanceclient sends with every request.
        let typed = try await fixture.send(.get, path, [], headers: [("Content-Type", "application/octet-stream")])
        #expect(typed.status == 200)
    }

    @Test func `HEAD tells what GET would`() async throws {
        let fixture = try await ImageFixture()
        let id = try await fixture.bare()
        #expect(try await fixture.call(.head, "/v2/images/\(id)/file").status == 204)
        try await fixture.upload([1, 2, 3], to: id)
        let file = try await fixture.call(.head, "/v2/images/\(id)/file")
        #expect(file.status == 200 && file.bytes.isEmpty && file.header("Content-Length") == "3")
        let part = try await fixture.call(.head, "/v2/images/\(id)/file", headers: [("Range", "bytes=1-")])
        #expect(part.status == 206 && part.header("Content-Range") == "bytes 1-2/3")
        #expect(try await fixture.call(.head, "/v2/images/\(id)").status == 200)
        #expect(try await fixture.call(.head, "/v2/images/\(id)", as: .otherMember).status == 404)
    }

    @Test func `a range may also stand in Content-Range`() async throws {
        let fixture = try await ImageFixture()
        let id = try await fixture.bare()
        try await fixture.upload([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], to: id)
        func get(_ range: String, _ more: [(String, String)] = []) async throws -> Answer {
            try await fixture.call(
                .get, "/v2/images/\(id)/file", headers: [("Content-Range", range)] + more)
        }
        for (range, bytes) in [
            ("bytes 2-4/10", [2, 3, 4]), ("bytes 8-20/10", [8, 9]), ("bytes 2-4/*", [2, 3, 4]),
        ] as [(String, [UInt8])] {
            let part = try await get(range)
            #expect(part.status == 206 && part.bytes == bytes, "\(range)")
        }
        for range in ["bytes 2-4/11", "bytes */10", "bytes 2-4", "2-4/10", "bytes 10-11/10"] {
            #expect(try await get(range).status == 416, "\(range)")
        }
        #expect(try await get("bytes 2-4/10", [("Range", "bytes=0-0")]).bytes == [0])
    }

    @Test func `a request keeps the id that its caller gave it`() async throws {
        let fixture = try await ImageFixture()
        func id(of given: String) async throws -> (status: Int, id: String) {
            let answer = try await fixture.call(.get, "/v2/images", headers: [("X-Openstack-Request-ID", given)])
            return (answer.status, answer.header("x-openstack-request-id") ?? "")
        }
        #expect(try await id(of: "req-4711").id == "req-4711")
        #expect(try await id(of: "4711").id == "req-4711")
        let long = try await id(of: "req-" + String(repeating: "x", count: 61))
        #expect(long.status == 431 && long.id.count == 40)
        // What could be taken for another line or field of a log.
        let odd = try await id(of: "a b=c")
        #expect(odd.status == 200 && odd.id.count == 40 && !odd.id.contains("b=c"))
    }

    @Test(arguments: ["text/plain", "application/octet-stream", "image/png", ""])
    func `what is found is sent whatever the caller accepts`(accept: String) async throws {
        let fixture = try await ImageFixture()
        let id = try await fixture.image(["name": "a"])
        let answer = try await fixture.call(.get, "/v2/images/\(id)", headers: [("Accept", accept)])
        #expect(answer.status == 200 && answer.json["name"] == "a")
    }

    @Test func `the store of an import may be named in a header`() async throws {
        let fixture = try await ImageFixture(stores: ["fast", "cheap"])
        func staged() async throws -> String {
            let id = try await fixture.bare()
            let answer = try await fixture.send(
                .put, "/v2/images/\(id)/stage", [1, 2], headers: [("Content-Type", "application/octet-stream")])
            #expect(answer.status == 204)
            return id
        }
        func begin(_ id: String, _ body: JSON) async throws -> Int {
            try await fixture.call(
                .post, "/v2/images/\(id)/import", body, headers: [("X-Image-Meta-Store", "cheap")]
            ).status
        }
        let id = try await staged()
        let method: JSON = ["name": "glance-direct"]
        #expect(try await begin(id, ["method": method, "stores": ["fast"]]) == 400)
        #expect(try await begin(id, ["method": method, "all_stores": true]) == 400)
        #expect(try await begin(id, ["method": method]) == 202)
        await fixture.engine.runDue()
        #expect(try await fixture.show(id)["stores"] == "cheap")
        let other = try await staged()
        let many = JSON.array((0..<1000).map { .text("s\($0)") })
        let crowd = try await fixture.call(
            .post, "/v2/images/\(other)/import", ["method": method, "stores": many])
        #expect(crowd.status == 400 && crowd.fault.contains("1000 stores"))
        let both = try await fixture.call(
            .post, "/v2/images/\(other)/import", ["method": method, "stores": ["fast"], "all_stores": true])
        #expect(both.status == 400)
    }
}
