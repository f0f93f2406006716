import Foundation
import HTTPTypes
import Model
import TestJSON
import TestObjects
import TestStore
import Testing

@testable import Images

/// The marks by which a replica knows that a medium is the right one.
@Suite(.everyEngine) struct StoreMarkTests {
    private func marked(_ fixture: ImageFixture, isShared: Bool = true) -> FileStore {
        FileStore(root: "\(fixture.folder)/marked", isShared: isShared, needsMark: true)
    }

    @Test func `every replica of a database finds its mark, and no other does`() async throws {
        let first = try await ImageFixture()
        let store = marked(first)
        let replicas = [
            try await ImageFixture(media: ["file": store], on: first),
            try await ImageFixture(media: ["file": store], on: first),
        ]
        for replica in replicas + replicas { try await replica.service.admitStores() }
        let stranger = try await ImageFixture(media: ["file": store])
        let fault = await #expect(throws: Fault.self) { try await stranger.service.admitStores() }
        #expect(fault?.kind == .badRequest && fault?.message.contains("belongs to another store") == true)
        #expect(fault?.message.contains("\(first.folder)/marked") == true)
    }

    @Test func `a folder that is not mounted is found at the start, and while it runs`() async throws {
        let first = try await ImageFixture()
        let fixture = try await ImageFixture(media: ["file": marked(first)], on: first)
        try await fixture.service.admitStores()
        let id = try await fixture.bare()
        try await fixture.upload([1, 2], to: id)
        // The mount is gone, and the empty folder below it is there.
        try FileManager.default.moveItem(atPath: "\(first.folder)/marked", toPath: "\(first.folder)/aside")
        try FileManager.default.createDirectory(atPath: "\(first.folder)/marked", withIntermediateDirectories: false)
        #expect(try await fixture.call(.get, "/v2/images/\(id)/file").status == 503)
        let second = try await fixture.bare()
        #expect(try await fixture.upload([3], to: second).status == 503)
        #expect(try await fixture.show(second)["status"] == "queued")
        // Nothing is taken for missing or removed meanwhile.
        fixture.clock.advance(.seconds(31 * 24 * 3600))
        await #expect(throws: Fault.self) { try await fixture.service.checkStores() }
        try await fixture.call(.delete, "/v2/images/\(second)")
        let fault = await #expect(throws: Fault.self) { try await fixture.service.admitStores() }
        #expect(fault?.message.contains("its mark") == true && fault?.message.contains("is missing there") == true)
        try FileManager.default.removeItem(atPath: "\(first.folder)/marked")
        try FileManager.default.moveItem(atPath: "\(first.folder)/aside", toPath: "\(first.folder)/marked")
        try await fixture.service.admitStores()
        #expect(try await fixture.call(.get, "/v2/images/\(id)/file").bytes == [1, 2])
    }

    @Test func `a folder that cannot be used is named`() async throws {
        let first = try await ImageFixture()
        try FileManager.default.createDirectory(atPath: first.folder, withIntermediateDirectories: true)
        try Data("file".utf8).write(to: URL(filePath: "\(first.folder)/marked"))
        let fixture = try await ImageFixture(media: ["file": marked(first)], on: first)
        let fault = await #expect(throws: Fault.self) { try await fixture.service.admitStores() }
        #expect(fault?.kind == .badRequest && fault?.message.contains("'\(first.folder)/marked'") == true)
    }

    @Test func `in a bucket that is another one nothing is missing`() async throws {
        try await PlayedObjects.run { objects in
            let store = try objects.store(needsMark: true)
            let fixture = try await ImageFixture(stores: ["file", "b"], media: ["file": store])
            try await fixture.service.admitStores()
            let id = try await fixture.bare()
            try await fixture.upload([1, 2], to: id)
            let (key, mark) = (try #require(objects.blobs.first), objects["store"])
            objects[key] = nil
            objects["store"] = nil
            fixture.clock.advance(.seconds(31 * 24 * 3600))
            await #expect(throws: Fault.self) { try await fixture.service.checkStores() }
            #expect(try await fixture.show(id)["stores"] == "file")
            objects["store"] = mark
            fixture.clock.advance(.seconds(301))
            try await fixture.service.checkStores()
            #expect(try await fixture.show(id)["os_glance_damaged_stores"] == "file")
        }
    }

    @Test func `a bucket is marked, and one that cannot be reached keeps no replica from starting`() async throws {
        try await PlayedObjects.run { objects in
            let fixture = try await ImageFixture(media: ["file": try objects.store(prefix: "a/")])
            objects.mishap { _ in .status(503, code: "SlowDown") }
            try await fixture.service.admitStores()
            #expect(objects.keys.isEmpty)
            objects.mishap { _ in nil }
            try await fixture.service.admitStores()
            #expect(objects.keys == ["a/store"])
            let stranger = try await ImageFixture(media: ["file": try objects.store(prefix: "a/")])
            let fault = await #expect(throws: Fault.self) { try await stranger.service.admitStores() }
            #expect(fault?.message.contains("bucket 'images'") == true)
            objects.mishap { _ in .status(403, code: "AccessDenied") }
            let refused = await #expect(throws: Fault.self) { try await fixture.service.admitStores() }
            #expect(refused?.message.contains("refuses the access key") == true)
        }
    }
}
