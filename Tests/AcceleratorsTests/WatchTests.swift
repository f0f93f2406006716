import HTTPTypes
import Link
import Model
import Store
import TestJSON
import Testing

/// Version 2.4: generations as entity tags, and callers that wait for a change instead of asking again and again.
@Suite struct WatchTests {
    func world() async throws -> (AcceleratorFixture, String) {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device(needsPreparation: true)]))
        try await fixture.profile("p")
        return (fixture, try await fixture.requests("p")[0])
    }

    func get(
        _ fixture: AcceleratorFixture, _ path: String, _ headers: [(String, String)] = [], version: String = "2.4",
        as persona: Persona = .member
    ) async throws -> Answer {
        try await fixture.call(.get, path, as: persona, version: version, headers: headers)
    }

    @Test func `a request shows its generation, and a known one is not shown again`() async throws {
        let (fixture, id) = try await world()
        let path = "/v2/accelerator_requests/\(id)"
        let first = try await get(fixture, path)
        let tag = try #require(first.headers[.eTag])
        #expect(tag == "\"0\"")
        #expect(try await get(fixture, path, [("If-None-Match", tag)]).status == 304)
        #expect(try await get(fixture, path, [("If-None-Match", "W/\(tag), \"77\"")]).status == 304)
        #expect(try await get(fixture, path, [("If-None-Match", "*")]).status == 304)
        #expect(try await get(fixture, path, [("If-None-Match", "\"77\"")]).status == 200)
        #expect(try await get(fixture, path, [("If-None-Match", "\"odd\"")]).status == 200)
        #expect(try await get(fixture, path, [("If-None-Match", "0")]).status == 400)
        // Before 2.4 there are neither tags nor waiting.
        let old = try await get(fixture, path, [("If-None-Match", tag)], version: "2.3")
        #expect(old.status == 200 && old.headers[.eTag] == nil)
        #expect(try await get(fixture, "\(path)?wait=1", version: "2.3").status == 400)
        #expect(try await get(fixture, "\(path)?wait=61").status == 400)
        #expect(try await get(fixture, path, [("If-None-Match", tag)], as: .otherMember).status == 404)
    }

    @Test func `what If-Match does not name is not changed`() async throws {
        let (fixture, id) = try await world()
        let path = "/v2/accelerator_requests/\(id)"
        let body: JSON = [
            "hostname": "host-a", "device_rp_uuid": .text("\(Reports.provider(1))"),
            "instance_uuid": .text("\(Reports.instance(1))"),
        ]
        func change(_ method: HTTPRequest.Method, _ path: String, _ tag: String, _ body: JSON? = nil) async throws
            -> Int
        {
            try await fixture.call(
                method, path, body, as: .memberThroughService, version: "2.4", headers: [("If-Match", tag)]
            ).status
        }
        #expect(try await change(.put, "\(path)/binding", "\"1\"", body) == 412)
        #expect(try await fixture.handleStates() == ["available": 1])
        #expect(try await change(.put, "\(path)/binding", "\"0\"", body) == 202)
        #expect(try await change(.delete, "\(path)/binding", "\"0\"") == 412)
        #expect(try await change(.delete, path, "\"0\"") == 412)
        let tag = try #require(try await get(fixture, path).headers[.eTag])
        #expect(try await change(.delete, "\(path)/binding", tag) == 202)
        #expect(try await change(.delete, "/v2/accelerator_requests?arqs=\(id)", "\"0\"") == 412)
        #expect(try await change(.delete, path, "*") == 204)
    }

    @Test func `a PATCH changes what If-Match names, and nothing otherwise`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device(units: 2)]))
        try await fixture.profile("p")
        let ids = try await fixture.requests("p") + fixture.requests("p")
        let bind = AcceleratorFixture.binding(ids, instance: Reports.instance(1), provider: Reports.provider(1))
        func patch(_ path: String, _ body: JSON, _ tag: String, version: String = "2.4") async throws -> Answer {
            try await fixture.call(
                .patch, path, body, as: .memberThroughService, version: version, headers: [("If-Match", tag)])
        }
        let path = "/v2/accelerator_requests"
        let refused = try await patch(path, bind, "\"1\"")
        #expect(refused.status == 412 && refused.fault.contains("generation 0, which If-Match does not name"))
        #expect(try await fixture.handleStates() == ["available": 2])
        #expect(try await patch(path, bind, "0").status == 400)
        #expect(try await patch(path, bind, "\"0\"").status == 202)
        let single: JSON = .object([ids[0]: [["path": "/hostname", "op": "remove"]]])
        // Both moved on; the tag of one does not do for the other.
        #expect(try await patch("\(path)/\(ids[0])", single, "\"0\"").status == 412)
        let tag = try #require(try await get(fixture, "\(path)/\(ids[0])").headers[.eTag])
        #expect(try await patch("\(path)/\(ids[0])", single, tag).status == 202)
        // Earlier versions have no tags, and ignore the header.
        let other: JSON = .object([ids[1]: [["path": "/hostname", "op": "remove"]]])
        #expect(try await patch(path, other, "\"0\"", version: "2.3").status == 202)
    }

    @Test func `an instance's requests are deleted together where each is known`() async throws {
        let (fixture, id) = try await world()
        try await fixture.bind([id], instance: Reports.instance(1), provider: Reports.provider(1))
        let path = "/v2/accelerator_requests?instance=\(Reports.instance(1))"
        func delete(_ tag: String) async throws -> Int {
            try await fixture.call(
                .delete, path, as: .memberThroughService, version: "2.4", headers: [("If-Match", tag)]
            ).status
        }
        #expect(try await delete("\"0\"") == 412)
        let tag = try #require(try await get(fixture, "/v2/accelerator_requests/\(id)").headers[.eTag])
        #expect(try await delete(tag) == 204)
    }

    @Test func `a caller that waits hears of the change at once`() async throws {
        let (fixture, id) = try await world()
        try await fixture.bind([id], instance: Reports.instance(1), provider: Reports.provider(1))
        let path = "/v2/accelerator_requests/\(id)"
        let started = try await get(fixture, path)
        #expect(started.json["state"] == "BindStarted")
        let tag = try #require(started.headers[.eTag])
        let list = "/v2/accelerator_requests?instance=\(Reports.instance(1))&bind_state=resolved"
        #expect(try await get(fixture, list).status == 423)
        #expect(try await get(fixture, "\(list)&wait=0").status == 423)
        #expect(try await get(fixture, "/v2/accelerator_requests?wait=1").status == 400)
        async let shown = get(fixture, "\(path)?wait=60", [("If-None-Match", tag)])
        async let listed = get(fixture, "\(list)&wait=60")
        try await fixture.finish(try await fixture.work()[0])
        let (one, all) = try await (shown, listed)
        #expect(one.status == 200 && one.json["state"] == "Bound")
        #expect(one.headers[.eTag] != tag)
        #expect(all.status == 200 && all.json["arqs"][0]["state"] == "Bound")
    }

    @Test func `one that is deleted while it is waited for is gone`() async throws {
        let (fixture, id) = try await world()
        let path = "/v2/accelerator_requests/\(id)"
        let tag = try #require(try await get(fixture, path).headers[.eTag])
        async let shown = get(fixture, "\(path)?wait=60", [("If-None-Match", tag)])
        #expect(try await fixture.call(.delete, path, as: .member).status == 204)
        #expect(try await shown.status == 404)
    }

    /// The note that wakes waiting callers of every replica is written in the transaction of the change.
    @Test func `every change of a request is in the change log`() async throws {
        let (fixture, id) = try await world()
        func notes() async throws -> Int {
            try await fixture.store.read { transaction in
                try transaction.first(
                    "SELECT COUNT(*) FROM change_log WHERE kind = 'accelerator_request' AND key = \(id)"
                ) { row in try row[0] as Int } ?? 0
            }
        }
        try await fixture.bind([id], instance: Reports.instance(1), provider: Reports.provider(1))
        #expect(try await notes() == 1)
        try await fixture.finish(try await fixture.work()[0])
        #expect(try await notes() == 2)
        try await fixture.call(.delete, "/v2/accelerator_requests/\(id)", as: .memberThroughService)
        #expect(try await notes() == 3)
    }

    @Test func `an operator decides about the quarantine that was seen`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device(needsCleaning: true)]))
        try await fixture.profile("p")
        let id = try await fixture.requests("p")[0]
        try await fixture.bind([id], instance: Reports.instance(1), provider: Reports.provider(1))
        try await fixture.call(.delete, "/v2/accelerator_requests/\(id)", as: .memberThroughService)
        try await fixture.finish(try await fixture.work()[0], .failed("bad blocks"))
        let handle = try await get(fixture, "/v2/attach_handles", as: .admin).json["attach_handles"][0]["uuid"].text
        let shown = try await get(fixture, "/v2/attach_handles/\(handle)", as: .admin)
        let tag = try #require(shown.headers[.eTag])
        func release(_ tag: String) async throws -> Int {
            try await fixture.call(
                .post, "/v2/attach_handles/\(handle)/release", version: "2.4", headers: [("If-Match", tag)]
            ).status
        }
        #expect(try await release("\"0\"") == 412)
        #expect(try await release(tag) == 204)
    }
}
