import HTTPTypes
import TestJSON
import TestStore
import Testing

/// Queries put together from the grammar and from rubbish: each gets an answer or a refusal that names its field.
@Suite(.everyEngine) struct QueryFuzzTests {
    private struct Source: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }

        mutating func pick(_ choices: [String]) -> String { choices.randomElement(using: &self) ?? "" }
    }

    @Test(arguments: 0..<8) func nothingBreaksTheSearch(_ seed: Int) async throws {
        var source = Source(state: UInt64(seed) &* 977 &+ 5)
        let fixture = try await PlacementFixture()
        let aggregate = PlacementFixture.newID()
        let host = try await fixture.provider("host", ["VCPU": 8, "DISK_GB": 100], aggregates: [aggregate])
        for number in 0..<6 {
            try await fixture.provider("card\(number)", below: host, ["FPGA": 1], traits: ["CUSTOM_X"])
        }
        try await fixture.provider(
            "shared", ["DISK_GB": 50], traits: ["MISC_SHARES_VIA_AGGREGATE"], aggregates: [aggregate])
        let suffixes = ["", "1", "2", "_A", "_B", "_C", "-", "@", "01", String(repeating: "x", count: 65)]
        let resources = [
            "VCPU:1", "FPGA:1", "FPGA:1,VCPU:2", "DISK_GB:60", "VCPU:9223372036854775807", "NONE:1", "", ":", "A:B:C",
        ]
        let traits = [
            "CUSTOM_X", "!CUSTOM_X", "in:CUSTOM_X,HW_NUMA_ROOT", "HW_NUMA_ROOT", "!!!", ",", "in:", "in:!A", "%F0",
        ]
        let aggregates = [
            aggregate, "in:\(aggregate)", "!\(aggregate)", "!in:\(aggregate),\(aggregate)", "x", "in:", "a,b",
        ]
        for _ in 0..<120 {
            var parts: [String] = []
            for _ in 0..<Int.random(in: 0...7, using: &source) {
                let suffix = source.pick(suffixes)
                switch Int.random(in: 0..<9, using: &source) {
                case 0, 1, 2: parts.append("resources\(suffix)=\(source.pick(resources))")
                case 3: parts.append("required\(suffix)=\(source.pick(traits))")
                case 4: parts.append("member_of\(suffix)=\(source.pick(aggregates))")
                case 5: parts.append("in_tree\(suffix)=\(source.pick([host, aggregate, "x", ""]))")
                case 6: parts.append("same_subtree=\(source.pick(["1,2", "_A", "_A,_B", "", ",", "1,_A"]))")
                case 7: parts.append("group_policy=\(source.pick(["none", "isolate", "all"]))")
                default:
                    parts.append(
                        source.pick([
                            "limit=1", "limit=0", "limit=99999999999999999999", "root_required=CUSTOM_X", "x=1",
                        ]))
                }
            }
            let query = parts.joined(separator: "&")
            let minor = Int.random(in: 10...39, using: &source)
            let answer = try await fixture.call(.get, "/allocation_candidates?\(query)", version: "1.\(minor)")
            #expect([200, 400].contains(answer.status), "seed \(seed), 1.\(minor): \(query)")
            if answer.status == 200 {
                #expect(answer.json["allocation_requests"] != .null, "seed \(seed): \(query)")
            } else {
                #expect(!answer.detail.isEmpty)
            }
        }
    }
}
