import ImageInspection
import Testing

/// Formats that one stretch of bytes tells.
@Suite struct SingleHeaderTests {
    @Test func qcow2OfEitherVersionIsSafe() {
        for version: UInt32 in [2, 3] {
            let report = inspect(Vectors.qcow2(version: version))
            #expect(report.format == .qcow2 && report.failed.isEmpty)
            #expect(report.detected?.virtualSize == Vectors.gibibyte)
        }
        // Dirty, corrupt, another type of compression.
        #expect(inspect(Vectors.qcow2(features: 0b1011)).failed.isEmpty)
    }

    @Test func qcow2ThatReadsOtherFilesIsNot() {
        #expect(inspect(Vectors.qcow2(version: 2, backing: 512)).failed == [.backingFile])
        #expect(inspect(Vectors.qcow2(backing: 1 << 63)).failed == [.backingFile])
        #expect(inspect(Vectors.qcow2(features: 0b100)).failed == [.dataFile])
        #expect(inspect(Vectors.qcow2(backing: 512, features: 0b100)).failed == [.backingFile, .dataFile])
    }

    @Test func qcow2OfAnUnknownKindIsNot() throws {
        for bit in 4..<64 {
            let report = inspect(Vectors.qcow2(features: 1 << UInt64(bit)))
            #expect(report.failed == [.unknownFeatures])
            #expect(try #require(report.detected?.findings.first).reason == "it needs the unknown feature \(bit)")
        }
        for version: UInt32 in [0, 1, 4, .max] {
            #expect(inspect(Vectors.qcow2(version: version)).failed == [.unknownFeatures])
        }
    }

    /// Header extensions stand behind a header of version 2, where version 3 has its features.
    @Test func theExtensionsOfVersionTwoAreNoFeatures() {
        var image = ImageBytes(count: 0)
        image.put(Vectors.qcow2(version: 2), at: 0)
        image.big(UInt32(0x6803_f857), at: 72)
        image.big(UInt32(144), at: 76)
        #expect(inspect(image.bytes).failed.isEmpty)
        image.big(UInt32(5), at: 76)
        #expect(inspect(image.bytes).failed.isEmpty)
    }

    @Test func aHeaderThatEndsTooEarlyIsRefused() {
        #expect(inspect(Array(Vectors.qcow2(version: 2).prefix(71))).failed == [.malformed])
        #expect(inspect(Array(Vectors.qcow2(version: 2).prefix(72))).failed.isEmpty)
        #expect(inspect(Array(Vectors.qcow2().prefix(103))).failed == [.malformed])
        for bytes in [Vectors.vhd(), Vectors.vdi()] {
            #expect(inspect(Array(bytes.prefix(511))).failed == [.malformed])
        }
        #expect(inspect(Array(Vectors.qcow2().prefix(3))).format == .raw)
    }

    @Test func aDiskOfOverTwoToThe63BytesIsRefused() {
        #expect(inspect(Vectors.qcow2(size: 1 << 63)).failed == [.malformed])
        #expect(inspect(Vectors.qcow2(size: UInt64(Int64.max))).detected?.virtualSize == UInt64(Int64.max))
        for bytes in [Vectors.vhd(size: .max), Vectors.vdi(size: .max)] {
            let report = inspect(bytes)
            #expect(report.failed == [.malformed] && report.detected?.virtualSize == nil)
        }
        #expect(inspect(Vectors.qcow2(size: 0)).detected?.virtualSize == nil)
    }

    @Test func qedIsNeverAllowed() {
        let report = inspect(Vectors.qed())
        #expect(report.format == .qed && report.failed == [.banned])
    }

    @Test func vhdAndVDITellTheirSize() {
        for (bytes, format) in [(Vectors.vhd(), ImageFormat.vhd), (Vectors.vdi(), .vdi)] {
            let report = inspect(bytes)
            #expect(report.format == format && report.failed.isEmpty)
            #expect(report.detected?.virtualSize == Vectors.gibibyte)
        }
    }

    @Test func disksThatDifferFromAnotherAreRefused() {
        #expect(inspect(Vectors.vhd(type: 4)).failed == [.backingFile])
        #expect(inspect(Vectors.vdi(type: 4)).failed == [.backingFile])
        #expect(inspect(Vectors.vdi(type: 3)).failed == [.backingFile])
    }

    @Test func isoTellsItsBlocks() {
        #expect(inspect(Vectors.iso()).detected?.virtualSize == 40_960)
        #expect(inspect(Vectors.iso(blocks: .max)).detected?.virtualSize == UInt64(UInt32.max) * 2048)
        for sign in ["NSR02", "NSR03"] {
            let report = inspect(Vectors.iso(sign: sign, type: 0))
            #expect(report.format == .iso && report.failed.isEmpty && report.detected?.virtualSize == nil)
        }
        #expect(inspect(Vectors.iso(sign: "CD002")).format == .raw)
        // Another descriptor in front does not hide the size.
        #expect(inspect(Vectors.volume([(0, "CD001"), (2, "CD001"), (1, "CD001")])).detected?.virtualSize == 40_960)
        let many = Array(repeating: (type: UInt8(2), sign: "CD001"), count: 100) + [(1, "CD001")]
        #expect(inspect(Vectors.volume(many)).detected?.virtualSize == nil)
        #expect(inspect(Array(Vectors.iso().prefix(34_815))).format == .raw)
    }

    /// The descriptors of UDF begin with one that says so, and may stand behind those of ISO 9660.
    @Test(arguments: ["NSR02", "NSR03"]) func udfIsFoundBehindOtherDescriptors(sign: String) {
        for front in [["BEA01"], ["BEA01", "BOOT2"], ["BOOT2", "BEA01"], ["CDW02", "BEA01"]] {
            let report = inspect(Vectors.volume((front + [sign, "TEA01"]).map { (0, $0) }))
            #expect(report.format == .iso && report.detected?.virtualSize == nil, "\(front)")
        }
        let bridge: [(UInt8, String)] = [(1, "CD001"), (255, "CD001"), (0, "BEA01"), (0, sign), (0, "TEA01")]
        #expect(inspect(Vectors.volume(bridge)).detected?.virtualSize == 40_960)
        for signs in [["BEA01", "TEA01", sign], ["BEA01", "BEA02", sign], ["BEA01"], ["", sign]] {
            #expect(inspect(Vectors.volume(signs.map { (0, $0) })).format == .raw, "\(signs)")
        }
    }

    /// A guest that boots it as a disk sees every byte behind the volume, too.
    @Test func aBootableISOIsAsLargeAsTheImage() {
        for partition in [Partition.linux, .protective] {
            let small = Partition.table([partition], in: Vectors.iso(blocks: 1), count: 81_920)
            #expect(inspect(small).format == .iso && inspect(small).detected?.virtualSize == 81_920)
            let large = Partition.table([partition], in: Vectors.iso(blocks: 1000), count: 81_920)
            #expect(inspect(large).detected?.virtualSize == 2_048_000)
            let other = Partition.table([partition], in: Vectors.iso(type: 0), count: 81_920)
            #expect(inspect(other).detected?.virtualSize == 81_920)
        }
        #expect(inspect(Vectors.iso(blocks: 1)).detected?.virtualSize == 2048)
    }

    @Test func luksIsAsLargeAsItsPayload() {
        let report = inspect(Vectors.luks())
        #expect(report.format == .luks && report.failed.isEmpty)
        #expect(report.detected?.virtualSize == UInt64(Vectors.plain.count))
        #expect(inspect(Vectors.luks(version: 2)).failed == [.version])
        #expect(inspect(Array(Vectors.luks().prefix(591))).failed == [.malformed])
    }

    @Test func aPayloadLiesBehindItsHeaderAndInTheImage() {
        for sector: UInt32 in [0, 1, 89, .max] {
            #expect(inspect(Vectors.luks(payloadSector: sector)).failed == [.malformed])
        }
        #expect(inspect(Vectors.luks(payloadSector: 88)).failed.isEmpty)
    }

    @Test func aPayloadThatIsNotEncryptedIsRefused() {
        let images = [
            Vectors.qcow2(), Vectors.qed(), Vectors.vhd(), Vectors.vdi(), VHDXVector().bytes, VMDKVector().bytes,
        ]
        for bytes in images { #expect(inspect(Vectors.luks(payload: bytes)).failed == [.innerPayload]) }
        #expect(inspect(Vectors.luks(payload: Partition.table([.linux]))).failed.isEmpty)
    }
}
