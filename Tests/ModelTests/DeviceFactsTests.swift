import Model
import Testing

@Suite struct DeviceFactsTests {
    private func device(_ facts: [String: String]) -> DeviceReport {
        DeviceReport(
            type: .pci, vendor: "10de", model: "20b5", controlPath: "p", driver: "pci", facts: facts, deployables: [])
    }

    @Test(arguments: ["well", "worn", "worn: it wears", "withdrawn: hot: too hot", "withdrawn: ", "withdrawn", "fine"])
    func `health is written as it was read`(text: String) {
        var one = device(["health": text, "serial": "1"])
        let health = one.health
        one.health = nil
        #expect(one.facts == ["serial": "1"])
        one.health = health
        #expect(one.facts == ["health": text, "serial": "1"])
    }

    @Test func `what health says`() {
        #expect(ReportedHealth("withdrawn: hot: too hot") == .withdrawn("hot: too hot"))
        #expect(ReportedHealth("worn: it wears") == .worn("it wears") && ReportedHealth("worn") == .worn(nil))
        #expect(ReportedHealth("fine") == .other("fine") && device([:]).health == nil)
    }

    @Test func `where a device is`() {
        let part = device([
            "numa_node": "1", "address": "0000:82:10.1", "physical_function": "0000:82:00.0", "serial": "1",
        ])
        #expect(part.numaNode == 1 && part.address == PCIAddress("0000:82:10.1"))
        #expect(part.physicalFunction == PCIAddress("0000:82:00.0") && part.group == nil)
        let odd = device(["numa_node": "01", "address": "here", "physical_function": ""])
        #expect(odd.numaNode == nil && odd.address == nil && odd.physicalFunction == nil)
    }

    @Test func `a group is written as it was read`() {
        let facts = ["group": "g", "group_spec": "5f", "members": "0000:82:10.0 0000:82:10.1", "cleaning": "reset"]
        var one = device(facts)
        let group = one.group
        #expect(group == ReportedGroup("g", spec: "5f", members: ["0000:82:10.0", "0000:82:10.1"]))
        one.group = nil
        #expect(one.facts == ["cleaning": "reset"])
        one.group = group
        #expect(one.facts == facts)
    }
}
