import Foundation
import HTTPTypes
import Model
import Synchronization
import TestJSON
import TestStore
import Testing

@testable import Images

/// The process dies at every write of an upload, before the commit or right after it. Another replica sweeps: no half image is ever
/// active, nothing that was acknowledged is lost, and no byte of a dead upload stays.
@Suite(.everyEngine) struct UploadKillTests {
    /// The writes of an upload: it begins, claims a name, and is kept. A death after them finds it acknowledged.
    static let writes = 1...4

    @Test(arguments: writes, [false, true]) func `a death leaves an image whole or without data`(
        write: Int, commitsLast: Bool
    ) async throws {
        let heir = try await ImageFixture()
        let id = try await heir.bare()
        let play = PlayedStore.Play()
        let doomed = try await ImageFixture(
            wrap: { PlayedStore(inner: $0, play: play) }, on: heir,
            through: { MortalStore($0, dyingAt: write, commitsLast: commitsLast, onDeath: { play.die() }) })
        let bytes = ImageDataTests.bytes(700_000)
        let answer = try await doomed.upload(bytes, to: id)
        #expect((answer.status == 204) == (write == 4))
        let before = try await heir.show(id)["status"].text
        #expect((before == "active") == (write == 4 || (write == 3 && commitsLast)))
        // Nobody gives it up while its receiver may live.
        try await heir.service.sweep()
        #expect(try await heir.show(id)["status"].text == before)
        heir.clock.advance(.seconds(61))
        try await heir.service.sweep()
        let image = try await heir.show(id)
        let download = try await heir.call(.get, "/v2/images/\(id)/file")
        if image["status"] == "active" {
            #expect(download.bytes == bytes && heir.files("blobs").count == 1)
        } else {
            #expect(answer.status >= 500 && image["status"] == "queued" && image["size"] == .null)
            #expect(download.status == 204 && heir.files("blobs").isEmpty)
            #expect(try await heir.count("image_blobs") == 0)
            #expect(try await heir.upload([1], to: id).status == 204)
        }
        #expect(heir.files("drafts").isEmpty)
        #expect(try await heir.count("image_uploads") == 0)
    }

    @Test func `an upload that is given up ends where it is`() async throws {
        let play = PlayedStore.Play()
        let fixture = try await ImageFixture(wrap: { PlayedStore(inner: $0, play: play) })
        let id = try await fixture.bare()
        play.before { [weak fixture] in
            fixture?.clock.advance(.seconds(61))
            try await fixture?.service.sweep()
        }
        #expect(try await fixture.upload([1], to: id).status == 410)
        #expect(try await fixture.show(id)["status"] == "queued")
        #expect(fixture.files("drafts").isEmpty && fixture.files("blobs").isEmpty)
        #expect(try await fixture.upload([2], to: id).status == 204)
        #expect(try await fixture.call(.get, "/v2/images/\(id)/file").bytes == [2])
    }
}
