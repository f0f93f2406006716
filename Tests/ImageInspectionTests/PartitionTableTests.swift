import ImageInspection
import Testing

@Suite struct PartitionTableTests {
    private func report(_ partitions: Partition...) -> InspectionReport { inspect(Partition.table(partitions)) }

    @Test func aDiskWithPartitionsIsAsLargeAsTheImage() {
        for partitions in [[Partition.linux], [.protective], [.linux, Partition(type: 0x82)]] {
            let report = inspect(Partition.table(partitions))
            #expect(report.format == .gpt && report.failed.isEmpty)
            #expect(report.detected?.virtualSize == 4096)
        }
    }

    @Test func anImpossibleTableIsRefused() {
        #expect(report().failed == [.mbr])
        #expect(report(Partition(boot: 0x81, type: 0x83)).failed == [.mbr])
        #expect(report(.linux, Partition(boot: 1, type: 0)).failed == [.mbr])
        #expect(report(.protective, .linux).failed == [.mbr])
        #expect(report(.linux, .protective).failed == [.mbr])
        #expect(report(Partition(start: [0, 2, 0], type: 0xee, firstBlock: 2)).failed == [.mbr])
        #expect(report(Partition(start: [0, 1, 0], type: 0xee, firstBlock: 1)).failed == [.mbr])
    }

    @Test func whatIsWrongIsSaid() throws {
        let found = try #require(report(Partition(boot: 0x81, type: 0x83)).detected?.findings.first)
        #expect(found.check.rawValue == "mbr")
        #expect(found.reason == "its partition 1 has the boot flag 129 rather than 0 or 128")
    }

    @Test func aBootSectorOfFATIsNoTable() {
        var sector = ImageBytes(count: 512)
        sector.put([2], at: 0x10)
        sector.put([0xf8], at: 0x15)
        #expect(inspect(Partition.table([], in: sector.bytes)).format == .raw)
        sector.put([1], at: 0x10)
        #expect(inspect(Partition.table([], in: sector.bytes)).format == .gpt)
        #expect(inspect(Array(Partition.table([.linux]).prefix(511))).format == .raw)
    }
}
