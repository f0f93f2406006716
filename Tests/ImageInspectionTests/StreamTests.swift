import ImageInspection
import Testing

/// The bytes come in any pieces, and few of them are kept.
@Suite struct StreamTests {
    static let images: [(name: String, bytes: [UInt8])] = [
        ("raw", Array(Vectors.plain.prefix(3000))), ("qcow2", Vectors.qcow2()),
        ("backed qcow2", Vectors.qcow2(backing: 1)),
        ("qed", Vectors.qed()), ("vhd", Vectors.vhd()), ("vdi", Vectors.vdi()), ("iso", Vectors.iso()),
        ("luks", Array(Vectors.luks().prefix(6000))), ("partitions", Partition.table([.protective])),
        ("vhdx", VHDXVector().bytes),
        ("bootable iso", Partition.table([.linux], in: Vectors.iso(), count: 40_960)),
        ("sparse vmdk", VMDKVector().bytes),
        ("stream vmdk", VMDKVector(hasFooter: true, text: VMDKVector.descriptor(type: "streamOptimized")).bytes),
        ("damaged stream", VMDKVector(hasFooter: true) { $0.put([1], at: 1024) }.bytes),
        ("text vmdk", Array(VMDKVector.descriptor(type: "monolithicFlat").utf8)),
        ("text", Array(String(repeating: "no descriptor\n", count: 200).utf8)),
        ("nothing", []),
    ]

    @Test func theCutDoesNotMatter() {
        for (name, bytes) in Self.images {
            let whole = inspect(bytes)
            #expect(whole.size == UInt64(bytes.count))
            for length in [1, 7, 512, 4096] {
                #expect(inspect(bytes, chunk: length) == whole, "\(name), in chunks of \(length)")
            }
        }
    }

    @Test func theCandidatesDwindle() {
        var inspector = ImageInspector()
        #expect(inspector.candidates == Set(ImageFormat.allCases))
        let bytes = Vectors.qcow2()
        inspector.take(bytes.span.extracting(0..<4))
        // An ISO image, a partition table and a VDI show themselves further on.
        #expect(inspector.candidates == [.qcow2, .iso, .gpt, .vdi])
        inspector.take(bytes.span.extracting(4..<512))
        #expect(inspector.candidates == [.qcow2, .iso])
        var plain = ImageInspector()
        let text = Vectors.plain
        plain.take(text.span)
        #expect(plain.candidates == [.raw] && plain.keptBytes == 0)
    }

    @Test func fewBytesAreKept() {
        #expect(ImageInspector.memoryBound < 10_240)
        var long = VMDKVector(descriptorLength: .max)
        long.text += String(repeating: "ddb.x = \"\(String(repeating: "y", count: 4000))\"\n", count: 10)
        for bytes in Self.images.map(\.bytes) + [long.bytes] {
            var inspector = ImageInspector()
            for start in stride(from: 0, to: bytes.count, by: 1000) {
                inspector.take(bytes.span.extracting(start..<min(start + 1000, bytes.count)))
                #expect(inspector.keptBytes <= ImageInspector.memoryBound)
            }
        }
    }
}
