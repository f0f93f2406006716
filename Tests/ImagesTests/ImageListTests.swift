import Foundation
import HTTPTypes
import Model
import TestJSON
import TestStore
import Testing

@testable import Images

/// The list of images: filters, orders, pages, and who sees what.
@Suite(.everyEngine) struct ImageListTests {
    private func world() async throws -> ImageFixture {
        let fixture = try await ImageFixture()
        _ = try await fixture.image([
            "name": "a", "disk_format": "raw", "min_ram": 1, "tags": ["x", "y"], "os": "linux",
        ])
        _ = try await fixture.image(["name": "b,c", "disk_format": "qcow2", "min_ram": 2, "tags": ["x"], "os": "bsd"])
        _ = try await fixture.image(["name": "d", "min_ram": 3, "protected": true, "os": "linux"])
        _ = try await fixture.image(["name": "hidden", "os_hidden": true])
        return fixture
    }

    @Test(
        arguments: [
            ("", ["d", "b,c", "a"]), ("?name=a", ["a"]), ("?name=in:a,d", ["d", "a"]),
            ("?name=in:%22b,c%22,d", ["d", "b,c"]), ("?disk_format=in:raw,qcow2", ["b,c", "a"]),
            ("?tag=x", ["b,c", "a"]),
            ("?tag=x&tag=y", ["a"]), ("?os=linux", ["d", "a"]), ("?os=linux&tag=x", ["a"]), ("?protected=true", ["d"]),
            ("?protected=false", ["b,c", "a"]), ("?os_hidden=True", ["hidden"]), ("?min_ram=2", ["b,c"]),
            ("?min_ram_min=2", ["d", "b,c"]), ("?min_ram_max=2", ["b,c", "a"]), ("?status=queued&name=d", ["d"]),
            ("?status=active", []), ("?owner=blue&name=a", ["a"]), ("?owner=red", []), ("?is_public=True", []),
            ("?created_at=lt:2026-11-21T00:07:30Z", ["a"]), ("?created_at=gte:2026-11-21T00:07:30Z", ["d", "b,c"]),
            ("?created_at=2026-11-21T00:07:30Z", ["b,c"]), ("?created_at=neq:2026-11-21T00:07:30Z", ["d", "a"]),
            ("?visibility=shared", ["d", "b,c", "a"]), ("?visibility=private", []), ("?size=5", []),
            ("?deleted=true", ["d", "b,c", "a"]),
            ("?sort=name:asc", ["a", "b,c", "d"]), ("?sort=name", ["d", "b,c", "a"]),
            ("?sort=disk_format:asc,name:desc", ["d", "b,c", "a"]), ("?sort_key=name&sort_dir=asc", ["a", "b,c", "d"]),
            ("?sort_key=disk_format&sort_key=name&sort_dir=desc&sort_dir=asc", ["a", "b,c", "d"]),
            ("?limit=2", ["d", "b,c"]),
            ("?limit=0", []),
        ] as [(String, [String])]) func `a filter shows these`(query: String, names: [String]) async throws
    {
        #expect(try await world().names(query) == names)
    }

    @Test(arguments: [
        "limit=-1", "limit=x", "marker=x", "marker=11111111-2222-4333-8444-555555555555", "sort=nothing",
        "sort=name:up", "sort=name&sort_key=name", "sort_key=name&sort_key=id&sort_dir=asc&sort_dir=asc&sort_dir=asc",
        "name=neq:a", "name=in:%22a", "created_at=yesterday", "created_at=about:2026-11-21T00:07:30Z", "size_min=x",
        "protected=True", "os_hidden=maybe", "visibility=secret", "member_status=x",
        "changes-since=2026-11-21T00:07:30Z",
    ]) func `what is no value of a filter is refused`(query: String) async throws {
        let fixture = try await ImageFixture()
        let answer = try await fixture.call(.get, "/v2/images?\(query)")
        #expect(answer.status == 400, "\(query): \(answer.text)")
    }

    /// The names of all pages, and how many pages there are.
    private func walk(_ fixture: ImageFixture, _ first: String) async throws -> (names: [String], pages: Int) {
        var names: [String] = []
        var pages = 0
        var address: String? = first
        while let next = address {
            let page = try await fixture.call(.get, next).json
            names += page["images"].array.map(\.["name"].text)
            pages += 1
            address = page.keys.contains("next") ? page["next"].text : nil
            if pages > 20 { break }
        }
        return (names, pages)
    }

    @Test func `pages show each image once, and keep every parameter`() async throws {
        let fixture = try await ImageFixture()
        for number in 0..<5 {
            _ = try await fixture.image(["name": .text("n\(number % 2)"), "tags": ["x", "y"], "k": .text("\(number)")])
        }
        _ = try await fixture.image(["name": "other", "tags": ["x"]])
        let page = try await fixture.call(.get, "/v2/images?limit=2&tag=x&tag=y&sort=name:asc").json
        #expect(page["schema"] == "/v2/schemas/images")
        #expect(page["first"].text.contains("tag=x&tag=y") && !page["first"].text.contains("marker"))
        #expect(page["next"].text.contains("tag=x&tag=y") && page["next"].text.contains("marker="))
        for order in ["sort=name:asc", "sort=name:desc,created_at:asc", "sort=size", "sort_key=id&sort_dir=asc", "x=y"]
        {
            let query = order == "x=y" ? "tag=y" : "tag=y&\(order)"
            let whole = try await fixture.names("?\(query)")
            #expect(whole.count == 5)
            for size in 1...5 {
                let walked = try await walk(fixture, "/v2/images?\(query)&limit=\(size)")
                #expect(walked.names == whole, "\(order) by \(size)")
                // A full page says that there is a next one, which may be empty.
                #expect(walked.pages == 5 / size + 1, "\(order) by \(size)")
            }
        }
    }

    @Test func `without a limit a page has 25, and never more than 1000`() async throws {
        var options = ImageOptions()
        options.pageSize = 2
        options.largestPage = 3
        let fixture = try await ImageFixture(options)
        for number in 0..<5 { _ = try await fixture.image(["name": .text("\(number)")]) }
        #expect(try await fixture.names() == ["4", "3"])
        #expect(try await fixture.names("?limit=100") == ["4", "3", "2"])
        #expect(ImageOptions().pageSize == 25 && ImageOptions().largestPage == 1000)
    }

    @Test func `lists show what concerns the caller`() async throws {
        let fixture = try await ImageFixture()
        for visibility in ["private", "shared", "community"] {
            _ = try await fixture.image(["name": .text("blue \(visibility)"), "visibility": .text(visibility)])
        }
        let shared = try await fixture.image(["name": "for red", "visibility": "shared"])
        #expect(try await fixture.call(.post, "/v2/images/\(shared)/members", ["member": "red"]).status == 200)
        _ = try await fixture.image(["name": "ops public", "visibility": "public"], as: .admin)
        let own = ["ops public", "for red", "blue community", "blue shared", "blue private"]
        #expect(try await fixture.names(as: .member) == own)
        #expect(try await fixture.names(as: .reader) == own)
        #expect(try await fixture.names(as: .otherMember) == ["ops public"])
        #expect(try await fixture.names("?visibility=community", as: .otherMember) == ["blue community"])
        #expect(try await fixture.names("?visibility=all", as: .otherMember) == ["ops public", "blue community"])
        #expect(try await fixture.names("?member_status=pending", as: .otherMember) == ["ops public", "for red"])
        #expect(
            try await fixture.names("?member_status=all&visibility=shared", as: .otherMember) == ["for red"])
        let admins = ["ops public", "for red", "blue shared", "blue private"]
        #expect(try await fixture.names(as: .admin) == admins)
        #expect(try await fixture.names("?visibility=all", as: .admin).count == 5)
        #expect(
            try await fixture.call(
                .put, "/v2/images/\(shared)/members/red", ["status": "accepted"], as: .otherMember
            ).status == 200)
        #expect(try await fixture.names(as: .otherMember) == ["ops public", "for red"])
        #expect(try await fixture.call(.get, "/v2/images", as: .service).status == 403)
        #expect(try await fixture.call(.get, "/v2/images", as: .noRole).status == 403)
    }

    @Test func `a key of an order counts once, however often it stands`() async throws {
        let fixture = try await ImageFixture()
        for name in ["b", "a", "c"] { _ = try await fixture.image(["name": .text(name)]) }
        let many = String(repeating: "name:asc,", count: 3000)
        #expect(try await fixture.names("?sort=\(many)name:desc") == ["a", "b", "c"])
        let keys = String(repeating: "sort_key=name&", count: 500)
        let page = try await fixture.call(.get, "/v2/images?\(keys)sort_dir=asc&limit=1")
        let next = page.json["next"].text
        #expect(try await fixture.call(.get, next).json["images"].array.map(\.["name"].text) == ["b"])
    }

    @Test func `a list costs the same statements, whatever it shows`() async throws {
        let counted = CountedStore()
        let fixture = try await ImageFixture(through: counted.wrap)
        for number in 0..<20 { _ = try await fixture.image(["name": .text("\(number)"), "tags": ["t"], "k": "v"]) }
        _ = counted.take()
        _ = try await fixture.names("?limit=1")
        let one = counted.take()
        _ = try await fixture.names("?limit=20")
        #expect(counted.take() == one && one == 1)
    }
}
