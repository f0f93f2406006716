/// A VHDX with its region table and its metadata, without the headers and the log that no inspector reads.
struct VHDXVector {
    static let metadataRegion: [UInt8] = guid(0x8b7c_a206, 0x4790, 0x4b9a, 0xb8fe_575f_050f_886e)
    static let blockTable: [UInt8] = guid(0x2dc2_7766, 0xf623, 0x4200, 0x9d64_115e_9bfd_4a08)
    static let diskSize: [UInt8] = guid(0x2fa5_4224, 0xcd1b, 0x4876, 0xb211_5dbe_d83b_f4b8)
    static let fileParameters: [UInt8] = guid(0xcaa1_6737, 0xfa36, 0x4d43, 0xb3b6_33f0_aa44_e76b)
    static let parentLocator: [UInt8] = guid(0xa8d3_5f2d, 0xb30b, 0x454d, 0xabf7_d3d8_4834_ab0c)

    struct Item {
        var identifier: [UInt8]
        var offset: UInt32
        var length: UInt32 = 8
    }

    var size = Vectors.gibibyte
    var flags: UInt32 = 0
    var regionSign = "regi"
    var regionCount: UInt32?
    var metadataSign = "metadata"
    var metadataOffset: UInt64 = 262_144
    /// Whether the region table names the metadata.
    var hasMetadata = true
    var items = [Item(identifier: fileParameters, offset: 4096), Item(identifier: diskSize, offset: 4104)]

    private static func guid(_ first: UInt32, _ second: UInt16, _ third: UInt16, _ rest: UInt64) -> [UInt8] {
        var bytes = ImageBytes(count: 16)
        bytes.little(first, at: 0)
        bytes.little(second, at: 4)
        bytes.little(third, at: 6)
        bytes.big(rest, at: 8)
        return bytes.bytes
    }

    var bytes: [UInt8] {
        var image = ImageBytes(count: 196_608)
        image.put("vhdxfile", at: 0)
        image.put(regionSign, at: 196_608)
        let regions = [Self.blockTable] + (hasMetadata ? [Self.metadataRegion] : [])
        image.little(regionCount ?? UInt32(regions.count), at: 196_616)
        for (number, region) in regions.enumerated() {
            image.put(region, at: 196_624 + 32 * number)
            image.little(region == Self.metadataRegion ? metadataOffset : 2 << 20, at: 196_640 + 32 * number)
        }
        // A place where nothing may stand is not written to.
        guard let start = Int(exactly: metadataOffset), (262_144..<1 << 20).contains(start) else { return image.bytes }
        image.put(metadataSign, at: start)
        image.little(UInt16(items.count), at: start + 10)
        for (number, item) in items.enumerated() {
            let entry = start + 32 + 32 * number
            image.put(item.identifier, at: entry)
            image.little(item.offset, at: entry + 16)
            image.little(item.length, at: entry + 20)
            guard (4096..<1 << 20).contains(item.offset) else { continue }
            if item.identifier == Self.diskSize { image.little(size, at: start + Int(item.offset)) }
            if item.identifier == Self.fileParameters { image.little(flags, at: start + Int(item.offset) + 4) }
        }
        return image.bytes
    }
}
