import Foundation
import HTTPTypes
import Model
import Synchronization
import TestJSON
import TestObjects
import TestStore
import Testing
import Workflows

@testable import Images

/// Stored data that are read again, found damaged, and repaired.
@Suite(.everyEngine) struct CopyCheckTests {
    private static let bytes = ImageDataTests.bytes(200_000)
    private static let month = Duration.seconds(31 * 24 * 3600)

    /// An image with a copy in each of two stores: `a`, where files are, and `b`.
    private func image(in fixture: ImageFixture) async throws -> String {
        let id = try await fixture.bare()
        try await fixture.upload(Self.bytes, to: id)
        let copied = try await fixture.call(
            .post, "/v2/images/\(id)/import", ["method": ["name": "copy-image"], "stores": ["b"]], as: .admin)
        #expect(copied.status == 202)
        await fixture.engine.runDue()
        #expect(try await stores(id, in: fixture) == ["a", "b"])
        return id
    }

    private func stores(_ id: String, in fixture: ImageFixture) async throws -> [String] {
        try await fixture.show(id)["stores"].text.split(separator: ",").map(String.init).sorted()
    }

    private func path(of blob: String, in store: StoreName, _ fixture: ImageFixture) -> String {
        "\(fixture.folder)/\(store)/blobs/\(blob)"
    }

    @Test(arguments: [true, false]) func `a damaged copy is repaired from another store`(isMissing: Bool) async throws {
        let fixture = try await ImageFixture(stores: ["a", "b"])
        let id = try await image(in: fixture)
        let file = try #require(fixture.files("blobs", of: "a").first)
        if isMissing {
            try FileManager.default.removeItem(atPath: path(of: file, in: "a", fixture))
        } else {
            var bytes = Self.bytes
            bytes[100_000] ^= 1
            try Data(bytes).write(to: URL(filePath: path(of: file, in: "a", fixture)))
        }
        // Nothing is due yet.
        try await fixture.service.checkStores()
        #expect(fixture.files("blobs", of: "a") == (isMissing ? [] : [file]))
        fixture.clock.advance(Self.month)
        try await fixture.service.checkStores()
        #expect(try await stores(id, in: fixture) == ["a", "b"])
        let repaired = fixture.files("blobs", of: "a").filter { $0 != file }
        #expect(repaired.count == 1)
        #expect(try Data(contentsOf: URL(filePath: path(of: repaired[0], in: "a", fixture))) == Data(Self.bytes))
        #expect(try await fixture.call(.get, "/v2/images/\(id)/file?prefer=a").bytes == Self.bytes)
        try await fixture.service.sweep()
        #expect(fixture.files("blobs", of: "a") == repaired && fixture.files("drafts", of: "a").isEmpty)
        #expect(try await fixture.count("image_blobs") == 2)
        #expect(try await fixture.count("image_uploads") == 0)
    }

    @Test func `where no copy is sound the image says so, and data that are damaged are not served`() async throws {
        let fixture = try await ImageFixture(stores: ["a", "b"])
        let id = try await fixture.bare()
        try await fixture.upload(Self.bytes, to: id)
        let file = try #require(fixture.files("blobs", of: "a").first)
        let place = path(of: file, in: "a", fixture)
        try Data(Self.bytes.reversed()).write(to: URL(filePath: place))
        fixture.clock.advance(Self.month)
        try await fixture.service.checkStores()
        let damaged = try await fixture.show(id)
        #expect(damaged["status"] == "active" && damaged["os_glance_damaged_stores"] == "a")
        #expect(!damaged.keys.contains("stores"))
        let refused = try await fixture.call(.get, "/v2/images/\(id)/file")
        #expect(refused.status == 503 && refused.fault.contains("damaged in every store"))
        let hidden = try await fixture.patch(id, [["op": "remove", "path": "/os_glance_damaged_stores"]])
        #expect(hidden.status == 403)
        // The same data may come again, and are not taken for those that are there.
        let second = try await fixture.bare()
        try await fixture.upload(Self.bytes, to: second)
        #expect(try await fixture.call(.get, "/v2/images/\(second)/file").bytes == Self.bytes)
        // An hour later the damage is looked at again, and now there is a sound copy.
        fixture.clock.advance(.seconds(3601))
        try await fixture.service.checkStores()
        let mended = try await fixture.show(id)
        #expect(!mended.keys.contains("os_glance_damaged_stores") && mended["stores"] == "a")
        #expect(try await fixture.call(.get, "/v2/images/\(id)/file").bytes == Self.bytes)
    }

    @Test func `what somebody restores is sound at the next check`() async throws {
        let fixture = try await ImageFixture(stores: ["a", "b"])
        let id = try await fixture.bare()
        try await fixture.upload(Self.bytes, to: id)
        let place = path(of: try #require(fixture.files("blobs", of: "a").first), in: "a", fixture)
        try FileManager.default.moveItem(atPath: place, toPath: "\(fixture.folder)/aside")
        fixture.clock.advance(Self.month)
        try await fixture.service.checkStores()
        #expect(try await fixture.show(id)["os_glance_damaged_stores"] == "a")
        try FileManager.default.moveItem(atPath: "\(fixture.folder)/aside", toPath: place)
        fixture.clock.advance(.seconds(3601))
        try await fixture.service.checkStores()
        #expect(try await stores(id, in: fixture) == ["a"])
        #expect(try await fixture.call(.get, "/v2/images/\(id)/file").bytes == Self.bytes)
    }

    @Test func `a copy in a folder is repaired from a bucket, and the reverse`() async throws {
        try await PlayedObjects.run { objects in
            let fixture = try await ImageFixture(stores: ["a", "b"], media: ["b": try objects.store()])
            let id = try await image(in: fixture)
            let key = try #require(objects.blobs.first)
            objects[key] = Self.bytes.reversed()
            fixture.clock.advance(Self.month)
            try await fixture.service.checkStores()
            #expect(try await fixture.call(.get, "/v2/images/\(id)/file?prefer=b").bytes == Self.bytes)
            let file = try #require(fixture.files("blobs", of: "a").first)
            try FileManager.default.removeItem(atPath: path(of: file, in: "a", fixture))
            fixture.clock.advance(Self.month)
            try await fixture.service.checkStores()
            #expect(try await fixture.call(.get, "/v2/images/\(id)/file?prefer=a").bytes == Self.bytes)
            #expect(try await stores(id, in: fixture) == ["a", "b"])
        }
    }

    @Test func `a store that cannot be reached has no damage`() async throws {
        try await PlayedObjects.run { objects in
            let fixture = try await ImageFixture(stores: ["a", "b"], media: ["b": try objects.store()])
            let id = try await image(in: fixture)
            objects.mishap { _ in .status(503, code: "SlowDown") }
            fixture.clock.advance(Self.month)
            await #expect(throws: Fault.self) { try await fixture.service.checkStores() }
            #expect(try await stores(id, in: fixture) == ["a", "b"])
            objects.mishap { _ in nil }
            // The lease of the check that failed runs out.
            fixture.clock.advance(.seconds(301))
            try await fixture.service.checkStores()
            #expect(try await stores(id, in: fixture) == ["a", "b"])
        }
    }

    @Test func `the last sound copy is not removed from its store`() async throws {
        let fixture = try await ImageFixture(stores: ["a", "b"])
        let id = try await fixture.bare()
        try await fixture.upload(Self.bytes, to: id)
        let place = path(of: try #require(fixture.files("blobs", of: "a").first), in: "a", fixture)
        try FileManager.default.removeItem(atPath: place)
        fixture.clock.advance(Self.month)
        try await fixture.service.checkStores()
        // It has no copy that could be copied.
        let copied = try await fixture.call(
            .post, "/v2/images/\(id)/import", ["method": ["name": "copy-image"], "stores": ["b"]], as: .admin)
        #expect(copied.status == 202)
        await fixture.engine.runDue()
        #expect(try await fixture.show(id)["os_glance_failed_import"] == "b")
        #expect(try await fixture.call(.delete, "/v2/stores/a/\(id)", as: .admin).status == 403)
    }

    /// A process dies at every write of a check that finds damage. Another one goes on, and no byte is left over.
    @Test(arguments: 1...6, [false, true]) func `a death leaves the damaged copy or the sound one`(
        write: Int, commitsLast: Bool
    ) async throws {
        let heir = try await ImageFixture(stores: ["a", "b"])
        let id = try await image(in: heir)
        let file = try #require(heir.files("blobs", of: "a").first)
        try Data(Self.bytes.reversed()).write(to: URL(filePath: path(of: file, in: "a", heir)))
        heir.clock.advance(Self.month)
        let play = PlayedStore.Play()
        let doomed = try await ImageFixture(
            stores: ["a", "b"], wrap: { PlayedStore(inner: $0, play: play) }, on: heir,
            through: { MortalStore($0, dyingAt: write, commitsLast: commitsLast, onDeath: { play.die() }) })
        try? await doomed.service.checkStores()
        heir.clock.advance(.seconds(3601))
        try await heir.service.sweep()
        try await heir.service.checkStores()
        try await heir.service.sweep()
        #expect(try await stores(id, in: heir) == ["a", "b"])
        let shown = try await heir.show(id)
        #expect(!shown.keys.contains("os_glance_damaged_stores"))
        #expect(try await heir.call(.get, "/v2/images/\(id)/file?prefer=a").bytes == Self.bytes)
        #expect(heir.files("blobs", of: "a").count == 1 && heir.files("drafts", of: "a").isEmpty)
        #expect(try await heir.count("image_blobs") == 2)
        #expect(try await heir.count("image_uploads") == 0)
    }

    @Test func `a bounded rate pauses for what was read`() async throws {
        let pauses = Mutex<[Duration]>([])
        var options = ImageOptions()
        options.checkRate = 100_000
        let fixture = try await ImageFixture(options, stores: ["a", "b"])
        let id = try await image(in: fixture)
        fixture.clock.advance(Self.month)
        fixture.clock.onPause { span in pauses.withLock { $0.append(span) } }
        try await fixture.service.checkStores()
        #expect(pauses.withLock { $0.reduce(.zero, +) } == .seconds(4))
        #expect(try await stores(id, in: fixture) == ["a", "b"])
    }
}
