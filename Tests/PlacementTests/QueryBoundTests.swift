import HTTPTypes
import TestJSON
import TestStore
import Testing

@Suite(.everyEngine) struct QueryBoundTests {
    @Test func moreThanSomeHundredTermsAreRefused() async throws {
        let fixture = try await PlacementFixture()
        let host = try await fixture.provider("host", ["VCPU": 8])
        let member = "member_of=\(PlacementFixture.newID())"
        for (count, status) in [(400, 200), (1100, 400)] {
            let filters = Array(repeating: member, count: count).joined(separator: "&")
            let aggregates = (0..<count).map { _ in "member_of=\(PlacementFixture.newID())" }.joined(separator: "&")
            let traits = Array(repeating: "required=HW_NUMA_ROOT", count: count).joined(separator: "&")
            for path in [
                "/resource_providers?\(filters)", "/resource_providers?\(aggregates)", "/resource_providers?\(traits)",
                "/resource_providers?required=\(Array(repeating: "HW_NUMA_ROOT", count: count).joined(separator: ","))",
                "/allocation_candidates?resources=VCPU:1&\(filters)",
                "/allocation_candidates?resources=VCPU:1&\(traits)",
                "/explain/v1/candidates?resources=VCPU:9&\(traits)",
            ] {
                let answer = try await fixture.call(.get, path)
                #expect(answer.status == status, "\(count): \(path.prefix(60)): \(answer.detail)")
            }
        }
        for groups in [
            (0..<129).map { "resources\($0)=VCPU:1" },
            ["resources1=VCPU:1"] + Array(repeating: "same_subtree=1", count: 65),
        ] {
            let query = groups.joined(separator: "&") + "&group_policy=none"
            #expect(try await fixture.call(.get, "/allocation_candidates?\(query)").status == 400)
        }
        #expect(try await fixture.call(.get, "/resource_providers/\(host)").status == 200)
    }

    /// An explanation that would take hours ends with its budget, and says that it is not whole.
    @Test func anExplanationHasABudget() async throws {
        let fixture = try await PlacementFixture()
        let names = (0..<80).map { "CUSTOM_T\($0)" }
        for host in 0..<2 {
            try await fixture.provider(
                "h\(host)", ["VCPU": 8], traits: names.enumerated().filter { $0.offset % 2 == host }.map(\.element))
        }
        let groups = (0..<4).map { group in
            "resources_\(group)=VCPU:1&required_\(group)=\(names[group * 20..<group * 20 + 20].joined(separator: ","))"
        }
        let answer = try await fixture.call(
            .get, "/explain/v1/candidates?group_policy=none&\(groups.joined(separator: "&"))")
        #expect(answer.status == 200)
        #expect(answer.json["fitting"] == 0)
        #expect(answer.json["relaxations_complete"] == false)
        #expect(answer.json["constraints"].array.count == 84)
        #expect(answer.bytes.count < 1 << 20)
    }

    /// A write that names what it does not know is not made: whoever asked for a trial must not have it in earnest.
    @Test func aWriteWithAnUnknownParameterIsRefused() async throws {
        let fixture = try await PlacementFixture()
        let host = try await fixture.provider("host", ["VCPU": 8])
        let consumer = PlacementFixture.newID()
        let claim = PlacementFixture.claim([host: ["VCPU": 2]])
        for version in ["1.28", "1.39"] {
            var body = claim
            if version == "1.28", case .object(var members) = claim {
                members["consumer_type"] = nil
                body = .object(members)
            }
            for path in ["/allocations/\(consumer)?dry_run=true", "/allocations/\(consumer)?dry_run"] {
                let answer = try await fixture.call(.put, path, body, version: version)
                #expect(answer.status == 400)
                #expect(answer.detail.contains("dry_run"))
            }
            let many = try await fixture.call(
                .post, "/allocations?dry_run=true", .pair(consumer, body), version: version)
            #expect(many.status == 400)
        }
        #expect(try await fixture.call(.get, "/allocations/\(consumer)").json["allocations"] == [:])
        #expect(try await fixture.call(.delete, "/resource_providers/\(host)?dry_run=true").status == 400)
        #expect(
            try await fixture.call(
                .put, "/resource_providers/\(host)/traits?dry_run=true",
                ["traits": [], "resource_provider_generation": 1]
            ).status == 400)
        #expect(try await fixture.call(.put, "/traits/CUSTOM_X?dry_run=true").status == 400)
        #expect(try await fixture.call(.get, "/traits/CUSTOM_X").status == 404)
        #expect(try await fixture.call(.get, "/resource_providers/\(host)/usages").json["usages"]["VCPU"] == 0)
    }

    @Test func theProviderIsLookedForBeforeTheBody() async throws {
        let fixture = try await PlacementFixture()
        let path = "/resource_providers/\(PlacementFixture.newID())/aggregates"
        #expect(try await fixture.call(.put, path, ["nonsense": 1]).status == 404)
        #expect(try await fixture.call(.put, path, [], version: "1.5").status == 404)
    }
}
