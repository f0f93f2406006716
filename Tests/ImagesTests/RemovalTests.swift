import API
import Foundation
import HTTPTypes
import Model
import NIOCore
import TestJSON
import TestObjects
import TestStore
import Testing

@testable import Images

/// Data that are deleted while somebody downloads them: the download is whole, and the data go afterwards.
@Suite(.everyEngine) struct RemovalTests {
    private static let bytes = ImageDataTests.bytes(3 << 20)

    @Test(arguments: StoreKind.allCases) func `a download ends whole, whoever deletes meanwhile`(
        kind: StoreKind
    ) async throws {
        try await kind.run { store in
            let fixture = try await ImageFixture(media: ["file": store])
            // Another replica, which knows of the first one's readers what the database says.
            let other = try await ImageFixture(media: ["file": store], on: fixture)
            let id = try await fixture.bare()
            #expect(try await fixture.upload(Self.bytes, to: id).status == 204)
            let got = try await download(id, from: fixture) {
                #expect(try await other.call(.delete, "/v2/images/\(id)").status == 204)
                try await other.service.sweep()
                try await fixture.service.holdReadings()
                // However long it takes, as long as its replica says so.
                for _ in 1...10 {
                    fixture.clock.advance(.seconds(20))
                    try await fixture.service.holdReadings()
                    try await other.service.sweep()
                }
                #expect(try await other.count("image_blobs") == (kind == .file ? 0 : 1))
            }
            #expect(got == Self.bytes)
            fixture.clock.advance(.seconds(121))
            try await fixture.service.holdReadings()
            try await other.service.sweep()
            #expect(try await other.count("image_blobs") == 0)
        }
    }

    @Test(arguments: StoreKind.allCases) func `the readers of a replica that died hold nothing for ever`(
        kind: StoreKind
    ) async throws {
        try await kind.run { store in
            let fixture = try await ImageFixture(media: ["file": store])
            let other = try await ImageFixture(media: ["file": store], on: fixture)
            let id = try await fixture.bare()
            try await fixture.upload(Self.bytes, to: id)
            _ = try await download(id, from: fixture) {
                try await other.call(.delete, "/v2/images/\(id)")
                try await other.service.sweep()
                try await fixture.service.holdReadings()
                fixture.clock.advance(.seconds(121))
                try await other.service.sweep()
                #expect(try await other.count("image_blobs") == 0)
            }
        }
    }

    /// What comes of a download during which something happens, after its first piece. A piece that does not come ends it.
    private func download(
        _ id: String, from fixture: ImageFixture, _ meanwhile: () async throws -> Void
    ) async throws -> [UInt8] {
        let response = await fixture.open(.get, "/v2/images/\(id)/file")
        #expect(response.status == 200)
        let next: @Sendable () async throws -> ByteBuffer?
        switch response.body {
        case .pieces(let pieces), .regions(_, let pieces): next = pieces
        default: throw Fault.internalError("no pieces")
        }
        var bytes: [UInt8] = []
        if let piece = try await next() { bytes += piece.readableBytesView }
        try await meanwhile()
        while let piece = try? await next() { bytes += piece.readableBytesView }
        return bytes
    }
}
