import Drivers
import Link
import Model
import TestAgent
import TestWatched
import Testing

@testable import DeviceAgent

/// What left a group and is held counts once, not twice.
@Suite struct DepartedUnitsTests {
    private static let group = ProviderNames.identifier(ofProvider: "group")

    private func group(_ units: [Int]) -> [DeviceReport] {
        var report = device("group", accelerators: units.count)
        report.deployables[0].handles = units.map { AttachHandleReport(type: .testPCI, info: ["unit": "\($0)"]) }
        return [report]
    }

    private func holding(_ unit: Int) -> HandleHolding {
        HandleHolding(
            instance: IDSource.random.next(), provider: Self.group, driver: "scripted", info: ["unit": "\(unit)"])
    }

    private func total(_ devices: [DeviceReport]) -> Int { devices[0].deployables[0].accelerators }

    @Test func aHeldUnitThatLeavesDoesNotCostAFreeOne() async {
        let (departed, link) = (DepartedUnits(), ScriptedLink())
        link.held.change { $0 = [holding(1), holding(2)] }
        #expect(total(await departed.counted(group([1, 2, 3, 4]), by: link)) == 4)
        // One that is held turns sick: three are well, two of them free.
        #expect(total(await departed.counted(group([2, 3, 4]), by: link)) == 4)
        // One that is free turns sick, too.
        #expect(total(await departed.counted(group([2, 3]), by: link)) == 3)
        // While the control plane is away, what it said last stands.
        link.refuse(.unavailable("Away."))
        #expect(total(await departed.counted(group([2, 3]), by: link)) == 3)
        link.refuse(nil)
        // Its holder lets go.
        link.held.change { $0 = [holding(2)] }
        #expect(total(await departed.counted(group([2, 3]), by: link)) == 2)
        // Both are well again.
        #expect(total(await departed.counted(group([1, 2, 3, 4]), by: link)) == 4)
    }

    @Test func anAgentThatStartsAsksOnce() async {
        let (departed, link) = (DepartedUnits(), ScriptedLink())
        link.held.change { $0 = [holding(1)] }
        #expect(total(await departed.counted(group([2, 3]), by: link)) == 3)
        link.held.change { $0 = [] }
        #expect(total(await departed.counted(group([2, 3]), by: link)) == 2)
        // Nothing departed: nobody is asked.
        link.held.change { $0 = [holding(9)] }
        #expect(total(await departed.counted(group([2, 3]), by: link)) == 2)
    }
}
