import Foundation
import HTTPTypes
import Model
import NIOCore
import Store
import TestJSON
import TestObjects
import TestStore
import Testing
import Workflows

@testable import Images

/// Images in an object store, through the service.
@Suite(.everyEngine) struct ObjectStoreTests {
    private static let bytes = ImageDataTests.bytes(700_000)

    private func fixture(
        _ objects: PlayedObjects, _ options: ImageOptions = ImageOptions(), on other: ImageFixture? = nil,
        wrap: (any ImageStore) -> any ImageStore = { $0 },
        through serving: @escaping (any StateStore) -> any StateStore = { $0 }
    ) async throws -> ImageFixture {
        try await ImageFixture(
            options, media: ["file": try objects.store()], staging: try objects.store(prefix: "staging/"), wrap: wrap,
            on: other, through: serving)
    }

    @Test func `data go there and back, by range, too`() async throws {
        try await PlayedObjects.run { objects in
            let fixture = try await fixture(objects)
            try await fixture.service.admitStores()
            let id = try await fixture.bare()
            #expect(try await fixture.upload(Self.bytes, to: id).status == 204)
            #expect(objects.blobs.count == 1 && objects.uploads == 0)
            let whole = try await fixture.call(.get, "/v2/images/\(id)/file")
            #expect(whole.status == 200 && whole.bytes == Self.bytes)
            let part = try await fixture.call(
                .get, "/v2/images/\(id)/file", headers: [("Range", "bytes=350000-350009")])
            #expect(part.status == 206 && part.bytes == Array(Self.bytes[350_000...350_009]))
            let again = try await fixture.bare()
            try await fixture.upload(Self.bytes, to: again)
            #expect(objects.blobs.count == 1 && objects.uploads == 0)
        }
    }

    @Test func `staged data are imported within the store`() async throws {
        try await PlayedObjects.run { objects in
            let fixture = try await fixture(objects)
            let id = try await fixture.bare()
            let staged = try await fixture.send(
                .put, "/v2/images/\(id)/stage", Self.bytes, headers: [("Content-Type", "application/octet-stream")])
            #expect(staged.status == 204 && objects.blobs.allSatisfy { $0.hasPrefix("staging/blobs/") })
            #expect(
                try await fixture.call(.post, "/v2/images/\(id)/import", ["method": ["name": "glance-direct"]]).status
                    == 202)
            await fixture.engine.runDue()
            #expect(try await fixture.call(.get, "/v2/images/\(id)/file").bytes == Self.bytes)
            try await fixture.service.sweep()
            fixture.clock.advance(.seconds(121))
            try await fixture.service.sweep()
            #expect(objects.blobs.count == 1 && objects.blobs[0].hasPrefix("blobs/"))
        }
    }

    @Test func `a store that refuses leaves the image queued, and says no secret`() async throws {
        try await PlayedObjects.run { objects in
            let fixture = try await fixture(objects)
            let id = try await fixture.bare()
            objects.mishap { $0.method == "PUT" ? .status(403, code: "AccessDenied") : nil }
            let refused = try await fixture.upload(Self.bytes, to: id)
            #expect(refused.status == 503 && !refused.text.contains("AKID"))
            #expect(try await fixture.show(id)["status"] == "queued" && objects.uploads == 0)
            objects.mishap { $0.method == "PUT" ? .status(507, code: "QuotaExceeded") : nil }
            #expect(try await fixture.upload(Self.bytes, to: id).status == 413)
            objects.mishap { _ in nil }
            #expect(try await fixture.upload(Self.bytes, to: id).status == 204)
        }
    }

    @Test func `a location is a link where an operator wants it, and an address otherwise`() async throws {
        try await PlayedObjects.run { objects in
            var options = ImageOptions()
            options.linkLifetime = .seconds(300)
            for (options, start) in [
                (options, "\(objects.address)/images/blobs/"), (ImageOptions(), "s3://images/blobs/"),
            ] {
                let fixture = try await fixture(objects, options)
                let id = try await fixture.bare()
                try await fixture.upload(Self.bytes, to: id)
                let list = try await fixture.call(.get, "/v2/images/\(id)/locations", as: .admin).json
                let url = list[0]["url"].text
                #expect(
                    url.hasPrefix(start) && url.contains("X-Amz-Expires=300") == (options.linkLifetime != nil), "\(url)"
                )
                #expect(list[0]["metadata"] == ["store": "file"])
                #expect(try await fixture.call(.get, "/v2/images/\(id)/locations").status == 403)
            }
        }
    }

    /// As `UploadKillTests`, in an object store.
    @Test(arguments: UploadKillTests.writes, [false, true]) func `a death leaves an image whole or without data`(
        write: Int, commitsLast: Bool
    ) async throws {
        try await PlayedObjects.run { objects in
            let heir = try await fixture(objects)
            let id = try await heir.bare()
            let play = PlayedStore.Play()
            let doomed = try await fixture(
                objects, on: heir, wrap: { PlayedStore(inner: $0, play: play) },
                through: { MortalStore($0, dyingAt: write, commitsLast: commitsLast, onDeath: { play.die() }) })
            _ = try await doomed.upload(Self.bytes, to: id)
            for _ in 1...2 {
                heir.clock.advance(.seconds(121))
                try await heir.service.sweep()
            }
            let image = try await heir.show(id)
            if image["status"] == "active" {
                #expect(try await heir.call(.get, "/v2/images/\(id)/file").bytes == Self.bytes)
                #expect(objects.blobs.count == 1)
            } else {
                #expect(image["status"] == "queued" && image["size"] == .null && objects.blobs.isEmpty)
            }
            #expect(objects.uploads == 0)
            #expect(try await heir.count("image_uploads") == 0)
        }
    }

    @Test func `data that lie under another upload's name while a process dies are swept`() async throws {
        try await PlayedObjects.run { objects in
            let store = try objects.store()
            let upload = try #require(UploadID("10000000-0000-4000-8000-000000000001"))
            let other = try #require(UploadID("10000000-0000-4000-8000-000000000002"))
            let draft = try await store.begin(upload)
            try await draft.append(ByteBuffer(bytes: [1, 2]))
            // It is complete under its own key, and the copy to the name does not come about.
            objects.mishap { $0.headers["x-amz-copy-source"] != nil ? .status(403, code: "AccessDenied") : nil }
            await #expect(throws: Fault.self) { try await draft.keep(as: BlobName("d.\(other)")) }
            #expect(objects["blobs/\(upload)"] == [1, 2])
            objects.mishap { _ in nil }
            #expect(try await store.drafts() == [upload, other])
            for one in try await store.drafts() { try await store.discard(one) }
            #expect(objects.keys.isEmpty && objects.uploads == 0)
        }
    }
}
