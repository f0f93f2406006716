/// Images as the specifications of their formats describe them, as small as they can be.
enum Vectors {
    static let gibibyte: UInt64 = 1 << 30

    /// Bytes without any sign.
    static let plain = [UInt8](repeating: 0x11, count: 40_960)

    static func qcow2(
        version: UInt32 = 3, backing: UInt64 = 0, features: UInt64 = 0, size: UInt64 = gibibyte, count: Int = 1024
    ) -> [UInt8] {
        var image = ImageBytes(count: count)
        image.put([0x51, 0x46, 0x49, 0xfb], at: 0)
        image.big(version, at: 4)
        image.big(backing, at: 8)
        image.big(UInt32(16), at: 20)
        image.big(size, at: 24)
        if version >= 3 {
            image.big(features, at: 72)
            image.big(UInt32(4), at: 96)
            image.big(UInt32(104), at: 100)
        }
        return image.bytes
    }

    static func qed() -> [UInt8] {
        var image = ImageBytes(count: 1024)
        image.put("QED\0", at: 0)
        return image.bytes
    }

    /// - Parameter type: 3 for a dynamic disk, 4 for one that differs from another
    static func vhd(size: UInt64 = gibibyte, type: UInt32 = 3) -> [UInt8] {
        var image = ImageBytes(count: 1536)
        image.put("conectix", at: 0)
        image.big(UInt32(2), at: 8)
        image.big(UInt32(0x10000), at: 12)
        image.big(UInt64(512), at: 16)
        image.big(size, at: 40)
        image.big(size, at: 48)
        image.big(type, at: 60)
        return image.bytes
    }

    /// - Parameter type: 1 for a dynamic disk, 4 for one that differs from another
    static func vdi(size: UInt64 = gibibyte, type: UInt32 = 1) -> [UInt8] {
        var image = ImageBytes(count: 1024)
        image.put("<<< Oracle VM VirtualBox Disk Image >>>\n", at: 0)
        image.little(UInt32(0xbeda_107f), at: 64)
        image.little(UInt32(0x0001_0001), at: 68)
        image.little(type, at: 76)
        image.little(size, at: 368)
        return image.bytes
    }

    static func iso(sign: String = "CD001", type: UInt8 = 1, blocks: UInt32 = 20) -> [UInt8] {
        var image = ImageBytes(count: 40_960)
        image.put([type], at: 32_768)
        image.put(sign, at: 32_769)
        image.little(blocks, at: 32_768 + 80)
        image.big(blocks, at: 32_768 + 84)
        image.little(UInt16(2048), at: 32_768 + 128)
        image.big(UInt16(2048), at: 32_768 + 130)
        return image.bytes
    }

    /// Volume descriptors with these types and signs, in sectors from the seventeenth on.
    static func volume(_ descriptors: [(type: UInt8, sign: String)], blocks: UInt32 = 20) -> [UInt8] {
        var image = ImageBytes(count: 32_768 + 2048 * descriptors.count)
        for (number, descriptor) in descriptors.enumerated() {
            let start = 32_768 + 2048 * number
            image.put([descriptor.type], at: start)
            image.put(descriptor.sign, at: start + 1)
            guard descriptor.type == 1 else { continue }
            image.little(blocks, at: start + 80)
            image.little(UInt16(2048), at: start + 128)
        }
        return image.bytes
    }

    static func luks(version: UInt16 = 1, payloadSector: UInt32 = 8, payload: [UInt8] = plain) -> [UInt8] {
        var image = ImageBytes(count: 4096)
        image.put(Array("LUKS".utf8) + [0xba, 0xbe], at: 0)
        image.big(version, at: 6)
        image.put("aes", at: 8)
        image.put("xts-plain64", at: 40)
        image.put("sha256", at: 72)
        image.big(payloadSector, at: 104)
        image.big(UInt32(64), at: 108)
        image.put(payload, at: 4096)
        return image.bytes
    }
}

/// An entry of a master boot record.
struct Partition {
    var boot: UInt8 = 0
    var start: [UInt8] = [0x20, 0x21, 0x00]
    var type: UInt8
    var firstBlock: UInt32 = 2048

    static let linux = Partition(boot: 0x80, type: 0x83)
    static let protective = Partition(start: [0, 2, 0], type: 0xee, firstBlock: 1)

    /// A disk with these partitions.
    static func table(_ partitions: [Partition], in start: [UInt8] = [], count: Int = 4096) -> [UInt8] {
        var image = ImageBytes(count: count)
        image.put(start, at: 0)
        for (number, partition) in partitions.enumerated() {
            let entry = 446 + 16 * number
            image.put([partition.boot] + partition.start + [partition.type], at: entry)
            image.little(partition.firstBlock, at: entry + 8)
            image.little(UInt32(2048), at: entry + 12)
        }
        image.put([0x55, 0xaa], at: 510)
        return image.bytes
    }
}
