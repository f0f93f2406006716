import FoundationEssentials
import Link
import Model
import TestAgent
import Testing

@testable import Agent

@Suite struct FolderDiskTests {
    private func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.path + "/kilonova-agent-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    @Test func readsWhatWasReplacedAndAppended() throws {
        try inFolder { folder in
            let disk = try FolderDisk(folder)
            #expect(try disk.read("a") == nil)
            try disk.replace("a", with: Array(repeating: 7, count: 200_000))
            #expect(try disk.read("a") == Array(repeating: 7, count: 200_000))
            try disk.replace("a", with: [1])
            try disk.append([2, 3], to: "a")
            try disk.append([4], to: "b")
            #expect(try disk.read("a") == [1, 2, 3])
            #expect(try disk.read("b") == [4])
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(Set(names) == ["a", "b", "lock"])
            let mode = try FileManager.default.attributesOfItem(atPath: folder)[.posixPermissions] as? Int
            #expect(mode == 0o700)
        }
    }

    @Test func oneAgentAtATimeHasTheFolder() throws {
        try inFolder { folder in
            var first: FolderDisk? = try FolderDisk(folder)
            #expect(throws: StateFault.self) { _ = try FolderDisk(folder) }
            try first?.replace("a", with: [1])
            first = nil
            #expect(try FolderDisk(folder).read("a") == [1])
        }
    }

    @Test func aFolderThatCannotBeMadeIsSaid() throws {
        try inFolder { folder in
            try FolderDisk(folder).replace("file", with: [1])
            #expect(throws: StateFault.self) { _ = try FolderDisk(folder + "/file/below") }
        }
    }

    /// A disk that takes nothing any more: the agent goes on, and writes everything when it can again.
    @Test func aFullDiskStopsNobody() async throws {
        let (disk, life) = (MemoryDisk(), Life(endsAt: 0))
        let keeper = try JournalKeeper(disk: MortalDisk(disk: disk, life: life), logger: quiet)
        let item = WorkItemID(UUID())
        #expect(await keeper.begin(item) == 1)
        #expect(await !keeper.isDurable)
        await keeper.end(item, .done)
        #expect(await keeper.outcomes(of: [item]) == [item: .done])
        #expect(disk.contents.isEmpty)
    }
}
