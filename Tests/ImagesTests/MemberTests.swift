import Foundation
import HTTPTypes
import Model
import TestJSON
import TestStore
import Testing

@testable import Images

/// Sharing an image with other projects.
@Suite(.everyEngine) struct MemberTests {
    @Test func `a member sees the image, and decides whether its lists show it`() async throws {
        let fixture = try await ImageFixture()
        let id = try await fixture.image(["name": "i"])
        let members = "/v2/images/\(id)/members"
        let made = try await fixture.call(.post, members, ["member": "red", "status": "accepted"])
        #expect(made.status == 200)
        #expect(made.json["status"] == "pending" && made.json["member_id"] == "red" && made.json["image_id"].text == id)
        #expect(made.json["schema"] == "/v2/schemas/member")
        #expect(try await fixture.call(.post, members, ["member": "red"]).status == 409)
        #expect(try await fixture.call(.get, "/v2/images/\(id)", as: .otherMember).status == 200)
        #expect(try await fixture.names(as: .otherMember) == [])
        // The owner does not decide for the member, and the member changes nothing else.
        #expect(try await fixture.call(.put, "\(members)/red", ["status": "accepted"]).status == 403)
        #expect(try await fixture.call(.put, "\(members)/red", ["status": "x"], as: .otherMember).status == 400)
        let accepted = try await fixture.call(
            .put, "\(members)/red", ["member": "red", "status": "accepted"], as: .otherMember)
        #expect(accepted.status == 200 && accepted.json["status"] == "accepted")
        #expect(try await fixture.names(as: .otherMember) == ["i"])
        #expect(try await fixture.call(.delete, "\(members)/red", as: .otherMember).status == 403)
        #expect(
            try await fixture.patch(id, [["op": "add", "path": "/a", "value": "b"]], as: .otherMember).status == 403)
        #expect(try await fixture.call(.delete, "/v2/images/\(id)", as: .otherMember).status == 403)
        #expect(try await fixture.call(.post, members, ["member": "green"], as: .otherMember).status == 403)
        #expect(try await fixture.call(.delete, "\(members)/red").status == 204)
        #expect(try await fixture.call(.get, "/v2/images/\(id)", as: .otherMember).status == 404)
        #expect(try await fixture.call(.delete, "\(members)/red").status == 404)
    }

    @Test func `the owner sees all members, a member itself`() async throws {
        let fixture = try await ImageFixture()
        let id = try await fixture.image()
        for member in ["red", "green"] {
            #expect(try await fixture.call(.post, "/v2/images/\(id)/members", ["member": .text(member)]).status == 200)
            fixture.clock.advance(.seconds(1))
        }
        func list(_ persona: Persona) async throws -> [String] {
            try await fixture.call(.get, "/v2/images/\(id)/members", as: persona).json["members"].array.map(
                \.["member_id"].text)
        }
        #expect(try await list(.member) == ["red", "green"])
        #expect(try await list(.reader) == ["red", "green"])
        #expect(try await list(.admin) == ["red", "green"])
        #expect(try await list(.otherMember) == ["red"])
        let path = "/v2/images/\(id)/members"
        #expect(try await fixture.call(.get, "\(path)/green").json["member_id"] == "green")
        #expect(try await fixture.call(.get, "\(path)/green", as: .otherMember).status == 404)
        #expect(try await fixture.call(.get, "\(path)/red", as: .otherMember).status == 200)
        #expect(try await fixture.call(.get, "\(path)/none").status == 404)
    }

    @Test func `only shared images have members`() async throws {
        let fixture = try await ImageFixture()
        let id = try await fixture.image(["visibility": "private"])
        let path = "/v2/images/\(id)/members"
        #expect(try await fixture.call(.get, path).status == 403)
        #expect(try await fixture.call(.post, path, ["member": "red"]).status == 403)
        #expect(try await fixture.call(.get, "\(path)/red").status == 404)
        #expect(try await fixture.call(.post, path, [:]).status == 400)
        #expect(try await fixture.call(.get, path, as: .otherMember).status == 404)
    }

    @Test func `members are bounded`() async throws {
        var options = ImageOptions()
        options.mostMembers = 1
        let fixture = try await ImageFixture(options)
        let id = try await fixture.image()
        #expect(try await fixture.call(.post, "/v2/images/\(id)/members", ["member": "red"]).status == 200)
        #expect(try await fixture.call(.post, "/v2/images/\(id)/members", ["member": "green"]).status == 413)
        #expect(try await fixture.count("image_members") == 1)
    }
}
