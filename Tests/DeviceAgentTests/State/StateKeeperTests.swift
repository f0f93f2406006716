import Model
import TestAgent
import Testing

@testable import Agent
@testable import DeviceAgent

@Suite struct StateKeeperTests {
    /// A disk that takes nothing any more: the party goes on with what it has in memory.
    @Test func aFullDiskStopsNobody() async throws {
        let disk = MemoryDisk()
        let keeper = try StateKeeper(disk: MortalDisk(disk: disk, life: Life(endsAt: 0)), logger: quiet)
        await keeper.change { $0.devices["a"] = [] }
        #expect(await keeper.state.devices["a"] == [])
        #expect(await !keeper.isDurable)
        #expect(disk.contents.isEmpty)
    }
}
