import HTTPTypes
import TestJSON
import TestStore
import Testing

@Suite(.everyEngine) struct ProviderTests {
    @Test func discoveryNeedsNoToken() async throws {
        let fixture = try await PlacementFixture()
        let answer = try await fixture.call(.get, "/", token: nil)
        #expect(answer.status == 200)
        let version = answer.json["versions"][0]
        #expect(version["id"] == "v1.0")
        #expect(version["min_version"] == "1.0")
        #expect(version["max_version"] == "1.39")
        #expect(version["links"][0]["href"] == "")
        #expect(try await fixture.call(.get, "/resource_providers", token: nil).status == 401)
        #expect(try await fixture.call(.get, "/resource_providers", token: "somebody").status == 403)
    }

    @Test func creationAnswersByVersion() async throws {
        let fixture = try await PlacementFixture()
        let old = try await fixture.call(.post, "/resource_providers", ["name": "one"], version: "1.19")
        #expect(old.status == 201)
        #expect(old.bytes.isEmpty)
        #expect(old.headers[.location]?.hasPrefix("http://127.0.0.1/placement/resource_providers/") == true)
        let new = try await fixture.call(.post, "/resource_providers", ["name": "two"], version: "1.20")
        #expect(new.status == 200)
        #expect(new.json["generation"] == 0)
        #expect(new.json["root_provider_uuid"] == new.json["uuid"])
        #expect(new.json["parent_provider_uuid"] == .null)
        #expect(
            new.json["links"].array.map(\.["rel"].text) == [
                "self", "inventories", "usages", "aggregates", "traits", "allocations",
            ])
        let taken = try await fixture.call(.post, "/resource_providers", ["name": "two"])
        #expect(taken.status == 409)
        #expect(taken.code == "placement.duplicate_name")
    }

    @Test func anIdWithoutDashesIsTaken() async throws {
        let fixture = try await PlacementFixture()
        let answer = try await fixture.call(
            .post, "/resource_providers", ["name": "x", "uuid": "1234567890ABCDEF1234567890ABCDEF"])
        #expect(answer.json["uuid"] == "12345678-90ab-cdef-1234-567890abcdef")
    }

    @Test func treesKeepTheirShape() async throws {
        let fixture = try await PlacementFixture()
        let root = try await fixture.provider("root")
        let child = try await fixture.provider("child", below: root)
        let leaf = try await fixture.provider("leaf", below: child)
        let other = try await fixture.provider("other")
        let path = "/resource_providers/\(child)"

        let loop = try await fixture.call(.put, path, ["name": "child", "parent_provider_uuid": .text(leaf)])
        #expect(loop.status == 400)
        let early = try await fixture.call(
            .put, path, ["name": "child", "parent_provider_uuid": .text(other)], version: "1.36")
        #expect(early.status == 400)
        let parent = try await fixture.call(.delete, "/resource_providers/\(root)")
        #expect(parent.status == 409)
        #expect(parent.code == "placement.resource_provider.cannot_delete_parent")

        let moved = try await fixture.call(.put, path, ["name": "child", "parent_provider_uuid": .text(other)])
        #expect(moved.status == 200)
        #expect(moved.json["generation"] == 0)
        let tree = try await fixture.call(.get, "/resource_providers?in_tree=\(leaf)").json["resource_providers"].array
        #expect(Set(tree.map(\.["uuid"].text)) == [other, child, leaf])
        #expect(tree.allSatisfy { $0["root_provider_uuid"].text == other })

        let freed = try await fixture.call(.put, path, ["name": "child", "parent_provider_uuid": .null])
        #expect(freed.json["root_provider_uuid"].text == child)
        #expect(try await fixture.call(.delete, "/resource_providers/\(root)").status == 204)
    }

    @Test func listsAreFiltered() async throws {
        let fixture = try await PlacementFixture()
        let aggregate = PlacementFixture.newID()
        let big = try await fixture.provider("big", ["VCPU": 8], traits: ["CUSTOM_FAST"], aggregates: [aggregate])
        let small = try await fixture.provider("small", ["VCPU": 2])
        func ids(_ query: String) async throws -> Set<String> {
            let list = try await fixture.call(.get, "/resource_providers?\(query)")
            return Set(list.json["resource_providers"].array.map(\.["uuid"].text))
        }
        #expect(try await ids("") == [big, small])
        #expect(try await ids("name=small") == [small])
        #expect(try await ids("uuid=\(big)") == [big])
        #expect(try await ids("resources=VCPU:4") == [big])
        #expect(try await ids("required=CUSTOM_FAST") == [big])
        #expect(try await ids("required=!CUSTOM_FAST") == [small])
        #expect(try await ids("member_of=\(aggregate)") == [big])
        #expect(try await ids("member_of=!\(aggregate)") == [small])
        // Of many values, which are asked for in another way than few.
        let others = (1...9).map { "CUSTOM_OTHER_\($0)" }
        for trait in others { #expect(try await fixture.call(.put, "/traits/\(trait)").status == 201) }
        let strangers = (1...9).map { _ in "\(PlacementFixture.newID())" }
        for isNamed in [false, true] {
            let traits = (others + (isNamed ? ["CUSTOM_FAST"] : [])).joined(separator: ",")
            let groups = (strangers + (isNamed ? ["\(aggregate)"] : [])).joined(separator: ",")
            let found: Set<String> = isNamed ? [big] : []
            #expect(try await ids("required=in:\(traits)") == found)
            #expect(try await ids("member_of=in:\(groups)") == found)
            #expect(try await ids("member_of=!in:\(groups)") == Set([big, small]).subtracting(found))
            let forbidden = traits.split(separator: ",").map { "!\($0)" }.joined(separator: ",")
            #expect(try await ids("required=\(forbidden)") == Set([big, small]).subtracting(found))
        }
        #expect(try await ids("in_tree=\(PlacementFixture.newID())") == [])
        #expect(try await fixture.call(.get, "/resource_providers?resources=NO_SUCH:1").status == 400)
        #expect(try await fixture.call(.get, "/resource_providers?required=CUSTOM_NONE").status == 400)
        #expect(try await fixture.call(.get, "/resource_providers?limit=1").status == 400)
        #expect(
            try await fixture.call(.get, "/resource_providers?in_tree=\(big)", version: "1.13").status == 400)
    }

    @Test func standardNamesAreThere() async throws {
        let fixture = try await PlacementFixture()
        #expect(try await fixture.call(.get, "/traits").json["traits"].array.count == 377)
        let classes = try await fixture.call(.get, "/resource_classes").json["resource_classes"].array
        #expect(classes.count == 21)
        #expect(classes.first?["name"] == "VCPU")
        #expect(try await fixture.call(.get, "/traits/OWNER_CYBORG").status == 204)
        #expect(try await fixture.call(.delete, "/traits/OWNER_CYBORG").status == 400)
        #expect(try await fixture.call(.put, "/traits/OWNER_ME").status == 400)
        #expect(try await fixture.call(.put, "/traits/CUSTOM_ME").status == 201)
        #expect(try await fixture.call(.put, "/traits/CUSTOM_ME").status == 204)
        #expect(try await fixture.call(.get, "/traits?name=in:CUSTOM_ME,FOO").json["traits"] == ["CUSTOM_ME"])
        #expect(try await fixture.call(.put, "/resource_classes/CUSTOM_A").status == 201)
        #expect(try await fixture.call(.put, "/resource_classes/CUSTOM_A").status == 204)
        #expect(try await fixture.call(.put, "/resource_classes/VCPU").status == 400)
        #expect(try await fixture.call(.get, "/traits", version: "1.5").status == 404)
    }

    @Test func inventoriesFollowTheGeneration() async throws {
        let fixture = try await PlacementFixture()
        let id = try await fixture.provider("p")
        let path = "/resource_providers/\(id)/inventories"
        let stale = try await fixture.call(
            .put, path, ["resource_provider_generation": 7, "inventories": [:]])
        #expect(stale.status == 409)
        #expect(stale.code == "placement.concurrent_update")
        let added = try await fixture.call(.post, path, ["resource_class": "VCPU", "total": 4])
        #expect(added.status == 201)
        #expect(added.json["max_unit"] == 2_147_483_647)
        #expect(added.json["resource_provider_generation"] == 1)
        #expect(try await fixture.call(.post, path, ["resource_class": "VCPU", "total": 4]).status == 409)
        #expect(try await fixture.call(.post, path, ["resource_class": "NONE", "total": 4]).status == 400)
        let full: JSON = ["resource_provider_generation": 1, "total": 4, "reserved": 4]
        #expect(try await fixture.call(.put, "\(path)/VCPU", full, version: "1.25").status == 400)
        #expect(try await fixture.call(.put, "\(path)/VCPU", full).status == 200)
        #expect(try await fixture.call(.get, path).json["inventories"]["VCPU"]["reserved"] == 4)
        #expect(try await fixture.call(.delete, path, version: "1.4").status == 405)
        #expect(try await fixture.call(.delete, "\(path)/VCPU").status == 204)
        #expect(try await fixture.call(.delete, "\(path)/VCPU").status == 404)
        #expect(try await fixture.generation(id) == 3)
    }
}
