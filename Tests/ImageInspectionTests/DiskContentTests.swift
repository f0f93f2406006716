import ImageInspection
import Testing

/// What a raw disk holds, in the words of a refusal.
@Suite struct DiskContentTests {
    private static let signs: [(DiskContent, Int, [UInt8])] = [
        (.raid, 0, [0xfc, 0x4e, 0x2b, 0xa9]), (.raid, 4096, [0xfc, 0x4e, 0x2b, 0xa9]),
        (.lvm, 0, Array("LABELONE".utf8)), (.lvm, 512, Array("LABELONE".utf8)), (.lvm, 1536, Array("LABELONE".utf8)),
        (.swap, 4086, Array("SWAPSPACE2".utf8)), (.ext, 1080, [0x53, 0xef]), (.xfs, 0, Array("XFSB".utf8)),
        (.btrfs, 65_600, Array("_BHRfS_M".utf8)), (.ntfs, 3, Array("NTFS    ".utf8)),
        (.exfat, 3, Array("EXFAT   ".utf8)), (.fat, 54, Array("FAT16   ".utf8)), (.fat, 82, Array("FAT32   ".utf8)),
        (.squashfs, 0, Array("hsqs".utf8)), (.erofs, 1024, [0xe2, 0xe1, 0xf5, 0xe0]),
        (.gpt, 512, Array("EFI PART".utf8)),
    ]

    private func disk(_ pieces: [(Int, [UInt8])]) -> [UInt8] {
        var image = ImageBytes(count: 70_000)
        for (offset, bytes) in pieces { image.put(bytes, at: offset) }
        return image.bytes
    }

    @Test func everySignIsFound() {
        for (content, offset, sign) in Self.signs {
            let bytes = disk([(offset, sign)])
            for length in [1, 500, 4096, .max] { #expect(inspect(bytes, chunk: length).content == content) }
            #expect(inspect(Array(bytes.prefix(offset + sign.count - 1))).content == nil, "half of \(content)")
            #expect(inspect(disk([(offset + 1, sign)])).content == nil, "\(content), in another place")
        }
        #expect(Set(Self.signs.map(\.0)).union([.mbr]) == Set(DiskContent.allCases))
        #expect(inspect(Vectors.plain).content == nil && inspect([]).content == nil)
        #expect(inspect(Partition.table([.linux])).content == .mbr)
        #expect(inspect(Partition.table([])).content == nil)
    }

    @Test func whatLiesBelowComesFirst() {
        #expect(inspect(disk([(4096, [0xfc, 0x4e, 0x2b, 0xa9]), (1080, [0x53, 0xef])])).content == .raid)
        #expect(inspect(disk([(512, Array("LABELONE".utf8)), (0, Array("XFSB".utf8))])).content == .lvm)
    }

    private func refusal(_ diskFormat: String, _ bytes: [UInt8]) -> String? {
        let verdict = UploadRule().verdict(inspect(bytes), diskFormat: diskFormat, containerFormat: "bare")
        guard case .refused(let refusal) = verdict else { return nil }
        return "\(refusal)"
    }

    @Test func aRefusalSaysWhatTheDataHold() {
        #expect(
            refusal("qcow2", disk([(1080, [0x53, 0xef])]))
                == "the disk format 'qcow2' does not match the data, whose format is raw: they hold a file system of the ext family"
        )
        #expect(
            refusal("qcow2", Partition.table([.linux]))
                == "the disk format 'qcow2' does not match the data, whose format is gpt: they hold a partition table of the type MBR"
        )
        let table = disk([(0, Partition.table([.protective])), (512, Array("EFI PART".utf8))])
        #expect(refusal("vmdk", table)?.hasSuffix("a partition table of the type GPT") == true)
        #expect(
            refusal("qcow2", Vectors.plain) == "the disk format 'qcow2' does not match the data, whose format is raw")
        // Its own name says what another format is.
        #expect(
            refusal("iso", Vectors.qcow2()) == "the disk format 'iso' does not match the data, whose format is qcow2")
        // The boot sector of NTFS ends as a partition table does, and has code where that has its entries.
        let volume = Partition.table([Partition(boot: 0x81, type: 0x83)], in: disk([(3, Array("NTFS    ".utf8))]))
        #expect(
            refusal("raw", volume)
                == "the gpt image failed safety checks: its partition 1 has the boot flag 129 rather than 0 or 128; the data hold "
                + "an NTFS file system")
    }

    @Test func aHostSaysItToo() {
        let verdict = HostRule().verdict(inspect(disk([(0, Array("XFSB".utf8))])), diskFormat: "qcow2")
        #expect(verdict == .refused(.mismatch(claimed: "qcow2", detected: .raw, content: .xfs)))
    }
}
