import Conventions
import HTTPTypes
import Model
import TestJSON
import TestStore
import Testing
import Workflows

@testable import Images

/// Unified limits, under Glance's names.
@Suite(.everyEngine) struct ImageLimitTests {
    struct Fixed: ProjectLimits {
        let limits: [String: Int]

        func limits(of project: ProjectID, on resources: [String]) async throws(Fault) -> [ResourceLimit] {
            resources.compactMap { name in limits[name].map { ResourceLimit(name, limit: $0) } }
        }
    }

    @Test func `a project has no more images than its limit`() async throws {
        let fixture = try await ImageFixture(limits: Fixed(limits: ["image_count_total": 1]))
        let id = try await fixture.image()
        let refused = try await fixture.call(.post, "/v2/images", [:])
        #expect(refused.status == 413 && refused.fault.contains("image_count_total"))
        _ = try await fixture.image(as: .otherMember)
        #expect(try await fixture.call(.delete, "/v2/images/\(id)").status == 204)
        _ = try await fixture.image()
    }

    private func quota(_ bytes: Int) -> ImageOptions {
        var options = ImageOptions()
        options.storageQuota = bytes
        return options
    }

    @Test func `no data pass a project's quota of bytes, announced or not`() async throws {
        let fixture = try await ImageFixture(quota(10))
        let first = try await fixture.bare()
        #expect(try await fixture.upload([1, 2, 3, 4, 5, 6], to: first).status == 204)
        let second = try await fixture.bare()
        let refused = try await fixture.upload([1, 2, 3, 4, 5], to: second)
        #expect(refused.status == 413)
        #expect(refused.fault == "The size of the data 5 will exceed the limit. 4 bytes remaining.")
        let said = try await fixture.upload([1], to: second, headers: [("X-OpenStack-Image-Size", "11")])
        #expect(said.status == 413 && said.fault.contains("size of the data 11"))
        #expect(try await fixture.show(second)["status"] == "queued")
        // Another project has a quota of its own.
        let other = try await fixture.bare(as: .otherMember)
        #expect(try await fixture.upload(ImageDataTests.bytes(10), to: other, as: .otherMember).status == 204)
        #expect(try await fixture.upload([1, 2, 3, 4], to: second).status == 204)
        let third = try await fixture.bare()
        #expect(try await fixture.upload([1], to: third).status == 413)
        #expect(try await fixture.call(.delete, "/v2/images/\(first)").status == 204)
        #expect(try await fixture.upload([1], to: third).status == 204)
        #expect(try await fixture.count("image_uploads") == 0)
    }

    @Test func `what comes is counted while it comes`() throws {
        var meter = StorageQuota.Meter(left: 4)
        try meter.take(4)
        #expect(throws: Fault.self) { try meter.take(1) }
        var unlimited = StorageQuota.Meter(left: nil)
        try unlimited.take(1 << 50)
    }

    @Test func `imports count with each copy, and fail where they do not fit`() async throws {
        let fixture = try await ImageFixture(quota(7), stores: ["file", "spare"])
        /// The tasks of the image afterwards.
        func importing(_ id: String, _ body: JSON, as persona: Persona = .member) async throws -> [JSON] {
            #expect(try await fixture.call(.post, "/v2/images/\(id)/import", body, as: persona).status == 202)
            await fixture.engine.runDue()
            return try await fixture.call(.get, "/v2/images/\(id)/tasks", as: .admin).json["tasks"].array
        }
        func isRefusal(_ task: JSON) -> Bool {
            task["status"] == "failure" && task["message"].text.contains("3 bytes remaining")
        }
        func staged() async throws -> String {
            let id = try await fixture.bare()
            let staged = try await fixture.send(
                .put, "/v2/images/\(id)/stage", [1, 2, 3, 4], headers: [("Content-Type", "application/octet-stream")])
            #expect(staged.status == 204)
            return id
        }
        let direct: JSON = ["method": ["name": "glance-direct"]]
        let first = try await staged()
        let second = try await staged()
        #expect(try await importing(first, direct).map(\.["status"]) == ["success"])
        #expect(try await importing(second, direct).map(isRefusal) == [true])
        #expect(try await fixture.show(second)["status"] == "queued")
        let copied = try await importing(first, ["method": ["name": "copy-image"], "stores": ["spare"]], as: .admin)
        #expect(copied.count == 2 && copied.filter(isRefusal).count == 1, "\(copied)")
        #expect(try await fixture.show(first)["stores"] == "file")
    }

    @Test(arguments: [
        ("0", 0), ("10", 10), ("10B", 10), ("2KB", 2048), ("3MB", 3 << 20), ("500GB", 500 << 30), ("1TB", 1 << 40),
        ("", nil), ("GB", nil), ("1 GB", nil), ("-1", nil), ("1.5GB", nil), ("1gb", nil), ("1PB", nil), ("+1", nil),
        ("9223372036854775808", nil), ("9000000TB", nil), ("1BB", nil),
    ])
    func `sizes are written as in Glance's configuration`(text: String, bytes: Int?) {
        #expect(StorageSize(text)?.bytes == bytes)
    }

    @Test func `size counts before an upload, in MiB`() async throws {
        let fixture = try await ImageFixture(
            limits: Fixed(limits: ["image_size_total": 2, "image_count_uploading": 1]))
        let two = ImageDataTests.bytes(2 << 20)
        let first = try await fixture.bare()
        let tooLarge = try await fixture.upload(
            two, to: first, headers: [("X-OpenStack-Image-Size", "\(3 << 20)")])
        #expect(tooLarge.status == 413 && tooLarge.fault.contains("image_size_total"))
        #expect(try await fixture.show(first)["status"] == "queued")
        #expect(try await fixture.upload(two, to: first).status == 204)
        let usage = try await fixture.call(.get, "/v2/info/usage").json["usage"]
        #expect(usage["image_size_total"] == ["usage": 2, "limit": 2])
        #expect(usage["image_count_total"] == ["usage": 1, "limit": -1])
        #expect(usage["image_count_uploading"] == ["usage": 0, "limit": 1])
        let second = try await fixture.bare()
        #expect(try await fixture.upload(two, to: second).status == 413)
    }
}
