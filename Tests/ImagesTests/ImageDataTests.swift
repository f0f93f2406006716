import API
import Crypto
import Foundation
import HTTPTypes
import Model
import NIOCore
import TestJSON
import TestStore
import Testing

@testable import Images

/// Data of images: upload, download, and what is left where either fails.
@Suite(.everyEngine) struct ImageDataTests {
    /// As many bytes as this, not all the same.
    static func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) } }

    @Test(arguments: [0, 1, 1000, 3_000_000]) func `data come back as they were sent`(count: Int) async throws {
        let fixture = try await ImageFixture()
        let id = try await fixture.bare()
        let bytes = Self.bytes(count)
        let sent = try await fixture.upload(bytes, to: id, headers: [("X-OpenStack-Image-Size", "\(count)")])
        #expect(sent.status == 204, "\(sent.text)")
        let image = try await fixture.show(id)
        let sha512 = Hexadecimal.text(of: SHA512.hash(data: bytes))
        let md5 = Hexadecimal.text(of: Insecure.MD5.hash(data: bytes))
        #expect(image["status"] == "active" && image["size"].integer == count)
        #expect(image["checksum"].text == md5 && image["os_hash_algo"] == "sha512")
        #expect(image["os_hash_value"].text == sha512)
        #expect(image["virtual_size"] == (count == 0 ? .null : .integer(count)))
        let got = try await fixture.call(.get, "/v2/images/\(id)/file")
        #expect(got.status == 200 && got.bytes == bytes)
        #expect(got.header("Content-MD5") == md5 && got.header("Content-Length") == "\(count)")
        #expect(got.header("Content-Type") == "application/octet-stream")
        #expect(fixture.files("drafts").isEmpty && fixture.files("blobs").count == 1)
        #expect(try await fixture.count("image_uploads") == 0)
    }

    @Test func `a range is a part of the data`() async throws {
        let fixture = try await ImageFixture()
        let id = try await fixture.bare()
        let bytes = Self.bytes(2_000_000)
        try await fixture.upload(bytes, to: id)
        for (range, part) in [
            ("bytes=0-4", 0..<5), ("bytes=1999990-", 1_999_990..<2_000_000), ("bytes=-10", 1_999_990..<2_000_000),
            ("bytes=5-9999999", 5..<2_000_000), ("bytes=524287-524289", 524_287..<524_290),
        ] {
            let got = try await fixture.call(.get, "/v2/images/\(id)/file", headers: [("Range", range)])
            #expect(got.status == 206 && got.bytes == Array(bytes[part]), "\(range)")
            #expect(got.header("Content-Range") == "bytes \(part.lowerBound)-\(part.upperBound - 1)/2000000")
        }
        for (range, status) in [("bytes=2000000-", 416), ("nonsense", 416), ("bytes=0-1,3-4", 400)] {
            let got = try await fixture.call(.get, "/v2/images/\(id)/file", headers: [("Range", range)])
            #expect(got.status == status, "\(range)")
        }
    }

    @Test func `an image takes data once, and only with its formats`() async throws {
        let fixture = try await ImageFixture()
        let bare = try await fixture.image()
        let early = try await fixture.upload([1], to: bare)
        #expect(early.status == 400 && early.fault.contains("must be set prior to saving data"))
        #expect(try await fixture.call(.get, "/v2/images/\(bare)/file").status == 204)
        let id = try await fixture.bare()
        #expect(try await fixture.upload([1], to: id, headers: [("X-Image-Meta-Store", "none")]).status == 400)
        let typed = try await fixture.send(
            .put, "/v2/images/\(id)/file", [1], headers: [("Content-Type", "text/plain")])
        #expect(typed.status == 415)
        #expect(try await fixture.upload([1], to: id, as: .reader).status == 403)
        #expect(try await fixture.upload([1], to: id, as: .otherMember).status == 404)
        #expect(try await fixture.show(id)["status"] == "queued")
        #expect(try await fixture.upload([1], to: id).status == 204)
        #expect(try await fixture.upload([2], to: id).status == 409)
        #expect(try await fixture.call(.get, "/v2/images/\(id)/file").bytes == [1])
        // With data the formats stay.
        let change = try await fixture.patch(id, [["op": "replace", "path": "/disk_format", "value": "qcow2"]])
        #expect(change.status == 403)
    }

    @Test func `who may download`() async throws {
        let fixture = try await ImageFixture()
        let id = try await fixture.bare(["visibility": "community"])
        try await fixture.upload([1, 2], to: id)
        for (persona, status) in [
            (Persona.member, 200), (.otherMember, 200), (.admin, 200), (.reader, 403), (.otherReader, 403),
            (.nobody, 401),
        ] {
            #expect(try await fixture.call(.get, "/v2/images/\(id)/file", as: persona).status == status, "\(persona)")
        }
        let actions = "/v2/images/\(id)/actions"
        #expect(try await fixture.call(.post, "\(actions)/deactivate", as: .otherMember).status == 403)
        for _ in 0..<2 { #expect(try await fixture.call(.post, "\(actions)/deactivate").status == 204) }
        #expect(try await fixture.show(id)["status"] == "deactivated")
        #expect(try await fixture.call(.get, "/v2/images/\(id)/file").status == 403)
        #expect(try await fixture.call(.get, "/v2/images/\(id)/file", as: .admin).bytes == [1, 2])
        for _ in 0..<2 { #expect(try await fixture.call(.post, "\(actions)/reactivate").status == 204) }
        #expect(try await fixture.call(.get, "/v2/images/\(id)/file").bytes == [1, 2])
        let queued = try await fixture.bare()
        #expect(try await fixture.call(.post, "/v2/images/\(queued)/actions/deactivate").status == 403)
    }

    @Test func `data that are not as announced leave nothing`() async throws {
        var options = ImageOptions()
        options.largestImage = 1000
        let fixture = try await ImageFixture(options)
        let id = try await fixture.bare()
        let short = try await fixture.upload([1, 2, 3], to: id, headers: [("X-OpenStack-Image-Size", "4")])
        #expect(short.status == 400 && short.fault.contains("3 bytes"))
        #expect(try await fixture.upload(Self.bytes(1001), to: id).status == 413)
        let image = try await fixture.show(id)
        #expect(image["status"] == "queued" && image["size"] == .null && image["checksum"] == .null)
        #expect(fixture.files("drafts").isEmpty && fixture.files("blobs").isEmpty)
        #expect(try await fixture.count("image_uploads") == 0)
        #expect(try await fixture.upload(Self.bytes(1000), to: id).status == 204)
    }

    /// Refuses data that begin with a zero, and says that those that begin with a two are not signed.
    struct Picky: DataInspection {
        private let format: String
        private var first: UInt8?

        init(_ claim: DataClaim) { format = claim.diskFormat }

        mutating func take(_ bytes: Span<UInt8>) { if first == nil, bytes.count > 0 { first = bytes[0] } }

        func verdict() -> DataVerdict {
            switch first {
            case 0: .refused("Image disk_format \(format) does not match.")
            case 2: .unverified("it is another's.")
            default: .accepted(virtualSize: 4096)
            }
        }
    }

    @Test func `refused data are gone, and others may follow`() async throws {
        let fixture = try await ImageFixture(inspection: { Picky($0) })
        let id = try await fixture.bare(["disk_format": "qcow2"])
        let refused = try await fixture.upload([0, 1], to: id)
        #expect(refused.status == 415 && refused.fault == "Image disk_format qcow2 does not match.")
        let image = try await fixture.show(id)
        #expect(image["status"] == "queued" && image["size"] == .null && image["os_hash_value"] == .null)
        #expect(fixture.files("drafts").isEmpty && fixture.files("blobs").isEmpty)
        let unverified = try await fixture.upload([2], to: id)
        #expect(unverified.status == 400 && unverified.fault.hasPrefix("Signature verification failed for image"))
        #expect(try await fixture.upload([1, 0], to: id).status == 204)
        #expect(try await fixture.show(id)["virtual_size"] == 4096)
    }

    @Test func `the format of data is held against the record`() async throws {
        let fixture = try await ImageFixture()
        var qcow2 = [UInt8](repeating: 0, count: 1024)
        qcow2.replaceSubrange(0..<4, with: [0x51, 0x46, 0x49, 0xfb])
        // Version 3, clusters of 64 KiB, a disk of 1 MiB, a header of 104 bytes.
        for (place, byte) in [(7, 3), (23, 16), (29, 0x10), (99, 4), (103, 104)] { qcow2[place] = UInt8(byte) }
        let id = try await fixture.bare(["disk_format": "qcow2"])
        let refused = try await fixture.upload(Self.bytes(1024), to: id)
        #expect(refused.status == 415 && refused.fault.contains("does not match the data"))
        #expect(try await fixture.upload(qcow2, to: id).status == 204)
        #expect(try await fixture.show(id)["virtual_size"] == 1_048_576)
        let raw = try await fixture.bare()
        #expect(try await fixture.upload(qcow2, to: raw).status == 204)
        #expect(try await fixture.show(raw)["virtual_size"] == 1024)
        // With a backing file, and in a container that is not inspected.
        qcow2[15] = 200
        let backed = try await fixture.bare()
        #expect(try await fixture.upload(qcow2, to: backed).status == 415)
        let boxed = try await fixture.bare(["container_format": "ova"])
        #expect(try await fixture.upload(qcow2, to: boxed).status == 204)
    }

    @Test func `equal data are stored once, and go with the last image`() async throws {
        let fixture = try await ImageFixture()
        var ids: [String] = []
        for _ in 0..<2 {
            let id = try await fixture.bare()
            try await fixture.upload([7, 8, 9], to: id)
            ids.append(id)
        }
        #expect(fixture.files("blobs").count == 1)
        #expect(try await fixture.call(.delete, "/v2/images/\(ids[0])").status == 204)
        try await fixture.service.sweep()
        #expect(try await fixture.call(.get, "/v2/images/\(ids[1])/file").bytes == [7, 8, 9])
        #expect(try await fixture.call(.delete, "/v2/images/\(ids[1])").status == 204)
        #expect(fixture.files("blobs").count == 1)
        try await fixture.service.sweep()
        #expect(fixture.files("blobs").isEmpty)
        #expect(try await fixture.count("image_blobs") == 0)
        // The same data may come again.
        let again = try await fixture.bare()
        try await fixture.upload([7, 8, 9], to: again)
        #expect(try await fixture.call(.get, "/v2/images/\(again)/file").bytes == [7, 8, 9])
    }

    @Test func `an image that is deleted during its upload is gone`() async throws {
        let play = PlayedStore.Play()
        let fixture = try await ImageFixture(wrap: { PlayedStore(inner: $0, play: play) })
        let id = try await fixture.bare()
        play.before { [weak fixture] in
            let fixture = try #require(fixture)
            #expect(try await fixture.show(id)["status"] == "saving")
            #expect(try await fixture.call(.get, "/v2/images/\(id)/file").status == 204)
            #expect(try await fixture.upload([2], to: id).status == 409)
            #expect(try await fixture.call(.delete, "/v2/images/\(id)").status == 204)
        }
        let answer = try await fixture.upload([1], to: id)
        #expect(answer.status == 410 && answer.fault.contains("could not be found after upload"))
        #expect(fixture.files("drafts").isEmpty && fixture.files("blobs").isEmpty)
        #expect(try await fixture.count("image_uploads") == 0)
        #expect(try await fixture.count("image_copies") == 0)
    }

    @Test func `a download goes on when its image is deleted`() async throws {
        let fixture = try await ImageFixture()
        let id = try await fixture.bare()
        let bytes = Self.bytes(2_000_000)
        try await fixture.upload(bytes, to: id)
        let path = "/image/v2/images/\(id)/file"
        let response = await fixture.dispatcher.respond(
            to: .init(.get, path, headers: [.authToken: Persona.member.rawValue]))
        guard case .regions(_, pieces: let next) = response.body else {
            Issue.record("no pieces came")
            return
        }
        var got = Array(try #require(try await next()).readableBytesView)
        #expect(try await fixture.call(.delete, "/v2/images/\(id)").status == 204)
        try await fixture.service.sweep()
        #expect(fixture.files("blobs").isEmpty)
        while let piece = try await next() { got += piece.readableBytesView }
        #expect(got == bytes)
    }

    @Test func `several stores are named, and one is chosen`() async throws {
        let fixture = try await ImageFixture(stores: ["fast", "cheap"])
        let made = try await fixture.call(.post, "/v2/images", ["disk_format": "raw", "container_format": "bare"])
        #expect(made.header("OpenStack-image-store-ids") == "fast,cheap")
        let id = made.json["id"].text
        #expect(try await fixture.upload([5], to: id, headers: [("X-Image-Meta-Store", "cheap")]).status == 204)
        #expect(try await fixture.show(id)["stores"] == "cheap")
        #expect(fixture.files("blobs", of: "cheap").count == 1 && fixture.files("blobs", of: "fast").isEmpty)
        #expect(try await fixture.call(.get, "/v2/images/\(id)/file?prefer=fast,cheap").bytes == [5])
        #expect(try await fixture.call(.get, "/v2/images/\(id)/file?prefer=none").status == 400)
        let other = try await fixture.bare()
        try await fixture.upload([6], to: other)
        #expect(try await fixture.show(other)["stores"] == "fast")
    }

    @Test func `data that were damaged in their store are not sent as if they were whole`() async throws {
        let fixture = try await ImageFixture()
        let id = try await fixture.bare()
        try await fixture.upload([1, 2, 3], to: id)
        let file = "\(fixture.folder)/file/blobs/\(try #require(fixture.files("blobs").first))"
        try Data([1, 2]).write(to: URL(filePath: file))
        #expect(try await fixture.call(.get, "/v2/images/\(id)/file").status == 503)
        try FileManager.default.removeItem(atPath: file)
        #expect(try await fixture.call(.get, "/v2/images/\(id)/file").status == 503)
    }
}
