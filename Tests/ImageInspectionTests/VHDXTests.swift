import ImageInspection
import Testing

@Suite struct VHDXTests {
    private typealias Item = VHDXVector.Item

    @Test func theSizeIsFoundInTheMetadata() {
        for offset: UInt64 in [262_144, 300_000] {
            let report = inspect(VHDXVector(metadataOffset: offset).bytes)
            #expect(report.format == .vhdx && report.failed.isEmpty)
            #expect(report.detected?.virtualSize == Vectors.gibibyte)
        }
        let other = Item(identifier: VHDXVector.blockTable, offset: .max, length: .max)
        let many = Array(repeating: other, count: 100) + [Item(identifier: VHDXVector.diskSize, offset: 8192)]
        #expect(inspect(VHDXVector(items: many).bytes).detected?.virtualSize == Vectors.gibibyte)
    }

    @Test func aParentIsABackingFile() {
        #expect(inspect(VHDXVector(flags: 0b10).bytes).failed == [.backingFile])
        #expect(inspect(VHDXVector(flags: 0b01).bytes).failed.isEmpty)
        let items = VHDXVector().items + [Item(identifier: VHDXVector.parentLocator, offset: 4112)]
        #expect(inspect(VHDXVector(items: items).bytes).failed == [.backingFile])
    }

    @Test func aDamagedStructureIsRefused() {
        let size = Item(identifier: VHDXVector.diskSize, offset: 4096)
        let damaged = [
            VHDXVector(regionSign: "rego"), VHDXVector(regionCount: 0), VHDXVector(regionCount: 2048),
            VHDXVector(regionCount: .max), VHDXVector(hasMetadata: false), VHDXVector(metadataSign: "metadate"),
            VHDXVector(items: []), VHDXVector(items: [size, size]),
            VHDXVector(items: [Item(identifier: VHDXVector.diskSize, offset: 4096, length: 4)]),
            VHDXVector(items: [Item(identifier: VHDXVector.fileParameters, offset: 4096)]),
            VHDXVector(size: .max),
        ]
        for vector in damaged {
            let report = inspect(vector.bytes)
            #expect(report.format == .vhdx && report.failed == [.malformed])
        }
    }

    /// Bytes that have passed are not seen again, so nothing may lie behind what names it.
    @Test func referencesBackwardsAreRefused() {
        for offset: UInt64 in [0, 196_608, 196_687] {
            #expect(inspect(VHDXVector(metadataOffset: offset).bytes).failed == [.malformed])
        }
        for offset: UInt32 in [0, 32, 95] {
            let item = Item(identifier: VHDXVector.diskSize, offset: offset)
            #expect(
                inspect(VHDXVector(items: [item, Item(identifier: VHDXVector.blockTable, offset: 0)]).bytes)
                    .failed == [.malformed])
        }
        let overlapping = [
            Item(identifier: VHDXVector.diskSize, offset: 4096),
            Item(identifier: VHDXVector.fileParameters, offset: 4100),
        ]
        #expect(inspect(VHDXVector(items: overlapping).bytes).failed == [.malformed])
    }

    @Test func placesBehindTheEndAreNeverReached() {
        for offset: UInt64 in [1 << 40, .max, .max - 40] {
            #expect(inspect(VHDXVector(metadataOffset: offset).bytes).failed == [.malformed])
        }
        let far = Item(identifier: VHDXVector.diskSize, offset: .max)
        #expect(inspect(VHDXVector(items: [far]).bytes).failed == [.malformed])
        #expect(inspect(Array(VHDXVector().bytes.prefix(200_000))).failed == [.malformed])
    }
}
