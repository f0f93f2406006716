import Clients
import Crypto
import Foundation
import HTTPTypes
import Model
import NIOCore
import TestJSON
import TestStore
import Testing
import Workflows

@testable import Images

/// Locations: listed for services, added by owners.
@Suite(.everyEngine) struct LocationTests {
    private static let bytes: [UInt8] = [1, 2, 3, 4]
    private static let address: JSON = "http://images.example/a"

    private func add(_ body: JSON, _ id: String, in fixture: ImageFixture, as persona: Persona = .member) async throws
        -> Answer
    {
        try await fixture.call(.post, "/v2/images/\(id)/locations", body, as: persona)
    }

    @Test func `administrators and services see where data are`() async throws {
        let fixture = try await ImageFixture()
        let id = try await fixture.bare(["visibility": "community"])
        try await fixture.upload(Self.bytes, to: id)
        let list = try await fixture.call(.get, "/v2/images/\(id)/locations", as: .admin)
        #expect(list.status == 200 && list.json.array.count == 1 && list.json[0]["metadata"] == ["store": "file"])
        let file = list.json[0]["url"].text
        #expect(try Data(contentsOf: try #require(URL(string: file))) == Data(Self.bytes))
        #expect(try await fixture.call(.get, "/v2/images/\(id)/locations", as: .service).status == 200)
        #expect(try await fixture.call(.get, "/v2/images/\(id)/locations").status == 403)
        let own = try await fixture.bare()
        #expect(try await fixture.call(.get, "/v2/images/\(own)/locations", as: .service).status == 404)
        #expect(try await fixture.call(.get, "/v2/images/\(own)/locations", as: .admin).json == [])
    }

    @Test(arguments: ["md5", "sha1", "sha256", "sha512", nil]) func `data at a location are fetched and checked`(
        algorithm: String?
    ) async throws {
        let fixture = try await ImageFixture(web: WebImportTests.PlayedWeb())
        let digests: [String: String] = [
            "md5": Hexadecimal.text(of: Insecure.MD5.hash(data: Self.bytes)),
            "sha1": Hexadecimal.text(of: Insecure.SHA1.hash(data: Self.bytes)),
            "sha256": Hexadecimal.text(of: SHA256.hash(data: Self.bytes)),
            "sha512": Hexadecimal.text(of: SHA512.hash(data: Self.bytes)),
        ]
        func body(_ digest: String?) -> JSON {
            guard let algorithm, let digest else { return ["url": Self.address] }
            return [
                "url": Self.address,
                "validation_data": ["os_hash_algo": .text(algorithm), "os_hash_value": .text(digest)],
            ]
        }
        let id = try await fixture.bare()
        if let algorithm, let right = digests[algorithm] {
            let wrong = String(right.reversed())
            #expect(try await add(body(wrong), id, in: fixture).status == 202)
            await fixture.engine.runDue()
            #expect(try await fixture.show(id)["status"] == "queued")
            let task = try await fixture.call(.get, "/v2/images/\(id)/tasks").json["tasks"][0]
            #expect(task["type"] == "location_import" && task["message"].text.contains("another digest"))
            fixture.clock.advance(.seconds(1))
        }
        #expect(try await add(body(algorithm.flatMap { digests[$0]?.uppercased() }), id, in: fixture).status == 202)
        #expect(try await add(body(nil), id, in: fixture).status == 409)
        await fixture.engine.runDue()
        #expect(try await fixture.show(id)["status"] == "active")
        #expect(try await fixture.call(.get, "/v2/images/\(id)/file").bytes == Self.bytes)
    }

    @Test(
        arguments: [
            ([:], 400), (["url": "file:///etc/passwd"], 400), (["url": "rbd://pool/image"], 400),
            (["url": "http://images.example/a", "validation_data": ["os_hash_algo": "sha512"]], 400),
            (
                [
                    "url": "http://images.example/a",
                    "validation_data": ["os_hash_algo": "sha512", "os_hash_value": "abc"],
                ], 400
            ),
            (
                [
                    "url": "http://images.example/a",
                    "validation_data": ["os_hash_algo": "md5", "os_hash_value": "zz0123456789abcdef0123456789abcd"],
                ], 400
            ),
            (
                ["url": "http://images.example/a", "validation_data": ["os_hash_algo": "crc", "os_hash_value": "0"]],
                400
            ),
        ] as [(JSON, Int)]) func `what is no location is refused`(body: JSON, status: Int) async throws
    {
        let fixture = try await ImageFixture(web: WebImportTests.PlayedWeb())
        let id = try await fixture.bare()
        #expect(try await add(body, id, in: fixture).status == status)
        #expect(try await add(["url": Self.address], id, in: fixture, as: .reader).status == 403)
        #expect(try await add(["url": Self.address], id, in: fixture, as: .otherMember).status == 404)
        #expect(try await fixture.show(id)["status"] == "queued")
    }
}
