import Conventions
import HTTPTypes
import Model
import TestJSON
import TestStore
import Testing

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
