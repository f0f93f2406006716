import API
import HTTPTypes
import Model
import TestJSON
import Testing

@testable import Images

/// With upstream's older defaults roles do not matter, and owners still do.
@Suite struct LegacyAccessTests {
    @Test func `any role of the owner changes an image, and nobody else`() async throws {
        let fixture = try await ImageFixture(legacy: true)
        let id = try await fixture.bare(["visibility": "community"], as: .noRole)
        let change: JSON = [["op": "add", "path": "/a", "value": "b"]]
        #expect(try await fixture.patch(id, change, as: .reader).status == 200)
        #expect(try await fixture.patch(id, change, as: .otherMember).status == 403)
        #expect(try await fixture.upload([1], to: id, as: .otherMember).status == 403)
        #expect(try await fixture.upload([1], to: id, as: .noRole).status == 204)
        #expect(try await fixture.call(.get, "/v2/images/\(id)/file", as: .otherReader).bytes == [1])
        #expect(try await fixture.call(.post, "/v2/images/\(id)/actions/deactivate", as: .otherMember).status == 403)
        #expect(try await fixture.call(.put, "/v2/images/\(id)/tags/t", as: .otherMember).status == 403)
        #expect(try await fixture.call(.delete, "/v2/images/\(id)", as: .otherMember).status == 403)
        #expect(try await fixture.call(.post, "/v2/images", ["owner": "red"], as: .reader).status == 403)
        let shared = try await fixture.image()
        let members = "/v2/images/\(shared)/members"
        #expect(try await fixture.call(.post, members, ["member": "red"], as: .reader).status == 200)
        #expect(try await fixture.call(.post, members, ["member": "green"], as: .otherMember).status == 403)
        #expect(try await fixture.call(.put, "\(members)/red", ["status": "accepted"]).status == 403)
        #expect(try await fixture.call(.put, "\(members)/red", ["status": "accepted"], as: .otherReader).status == 200)
        #expect(try await fixture.call(.delete, "\(members)/red", as: .otherMember).status == 403)
        #expect(try await fixture.call(.delete, "/v2/images/\(id)", as: .reader).status == 204)
    }
}
