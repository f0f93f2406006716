import Foundation
import HTTPTypes
import Model
import TestJSON
import TestStore
import Testing
import Workflows

@testable import Images

/// The process dies at every write of an import. Another replica goes on: the image becomes active with all its data, and no byte is left
/// over.
@Suite(.everyEngine) struct ImportKillTests {
    @Test(arguments: 1...12, [false, true]) func `another replica ends the import`(
        write: Int, commitsLast: Bool
    ) async throws {
        let heir = try await ImageFixture()
        let id = try await heir.bare()
        let bytes = ImageDataTests.bytes(600_000)
        let staged = try await heir.send(
            .put, "/v2/images/\(id)/stage", bytes, headers: [("Content-Type", "application/octet-stream")])
        #expect(staged.status == 204)
        #expect(
            try await heir.call(.post, "/v2/images/\(id)/import", ["method": ["name": "glance-direct"]]).status == 202)
        let play = PlayedStore.Play()
        let doomed = try await ImageFixture(
            wrap: { PlayedStore(inner: $0, play: play) }, on: heir,
            through: { MortalStore($0, dyingAt: write, commitsLast: commitsLast, onDeath: { play.die() }) })
        await doomed.engine.runDue()
        // The dead one's lease, and its uploads, run out.
        heir.clock.advance(.seconds(61))
        await heir.engine.runDue()
        try await heir.service.sweep()
        let image = try await heir.show(id)
        #expect(image["status"] == "active" && !image.keys.contains("os_glance_import_task"))
        #expect(try await heir.call(.get, "/v2/images/\(id)/file").bytes == bytes)
        let tasks = try await heir.call(.get, "/v2/images/\(id)/tasks").json["tasks"].array
        #expect(tasks.map(\.["status"].text) == ["success"])
        #expect(heir.files("drafts").isEmpty && heir.files("blobs").count == 1)
        #expect(heir.files("drafts", of: "staging").isEmpty && heir.files("blobs", of: "staging").isEmpty)
        #expect(try await heir.count("image_uploads") == 0)
    }
}
