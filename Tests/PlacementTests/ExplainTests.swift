import HTTPTypes
import TestJSON
import TestStore
import Testing

@Suite(.everyEngine) struct ExplainTests {
    @Test func saysWhoHoldsWhatIsMissing() async throws {
        let fixture = try await PlacementFixture()
        let host = try await fixture.provider("host", ["VCPU": 8])
        let card = try await fixture.provider("card", below: host, ["FPGA": 1], traits: ["CUSTOM_X"])
        try await fixture.provider("other", ["VCPU": 2])
        let holder = PlacementFixture.newID()
        try await fixture.claim(holder, [card: ["FPGA": 1]])
        let path = "/explain/v1/candidates?resources=VCPU:4&resources_A=FPGA:1&required_A=CUSTOM_X"
        let answer = try await fixture.call(.get, path)
        #expect(answer.status == 200)
        let json = answer.json
        #expect(json["trees"] == 2)
        #expect(json["fitting"] == 0)
        #expect(json["relaxations"][0]["without"] == ["resources_A=FPGA:1"])
        #expect(json["relaxations"][0]["trees"] == 1)
        let miss = json["nearest"][0]
        #expect(miss["name"] == "host")
        #expect(
            miss["missing"][0] == [
                "resource_class": "FPGA", "asked": 1, "free": 0, "deficit": 1,
                "held_by": [["consumer": .text(holder), "amount": 1]],
            ])
        let costs = json["constraints"].array
        #expect(costs.map(\.["constraint"].text) == ["resources=VCPU:4", "resources_A=FPGA:1", "required_A=CUSTOM_X"])
        #expect(costs[0]["removed_alone"] == 1)
        #expect(try await fixture.call(.get, path, token: "somebody").status == 403)
        #expect(try await fixture.call(.get, "/explain/v1/candidates?resources=NONE:1").status == 400)
        #expect(try await fixture.call(.get, "/explain/v2").status == 404)
    }

    @Test func holdersOfWhatOthersShareAreNamed() async throws {
        let fixture = try await PlacementFixture()
        let aggregate = PlacementFixture.newID()
        let host = try await fixture.provider("host", ["VCPU": 8], aggregates: [aggregate])
        let pool = try await fixture.provider(
            "pool", ["DISK_GB": 100], traits: ["MISC_SHARES_VIA_AGGREGATE"], aggregates: [aggregate])
        let holder = PlacementFixture.newID()
        try await fixture.claim(holder, [pool: ["DISK_GB": 60], host: ["VCPU": 1]])
        let answer = try await fixture.call(.get, "/explain/v1/candidates?resources=VCPU:4,DISK_GB:50")
        let miss = answer.json["nearest"][0]
        #expect(miss["name"] == "host")
        #expect(miss["weight"] == .number(0.2))
        #expect(
            miss["missing"][0] == [
                "resource_class": "DISK_GB", "asked": 50, "free": 40, "deficit": 10,
                "held_by": [["consumer": .text(holder), "amount": 60]],
            ])
        #expect(answer.json["relaxations"][0]["amount_that_fits"] == 40)
    }
}
