import ImageInspection
import TestFuzz
import Testing

/// Damaged images are reported or refused, without a trap and in few bytes of memory.
@Suite struct InspectionFuzzTests {
    /// A VHDX without its long stretches of zeros: what stands at its beginning, in its tables, and in its items.
    private static let folded: [UInt8] = {
        let bytes = VHDXVector().bytes
        return Array([bytes[..<64], bytes[196_608..<196_864], bytes[262_144..<262_400], bytes[266_240...]].joined())
    }()

    /// Puts the pieces of such an image back to their places.
    private static func unfolded(_ pieces: [UInt8]) -> [UInt8] {
        var image = ImageBytes(count: 262_400)
        image.put(Array(pieces.prefix(64)), at: 0)
        image.put(Array(pieces.dropFirst(64).prefix(256)), at: 196_608)
        image.put(Array(pieces.dropFirst(320).prefix(256)), at: 262_144)
        image.put(Array(pieces.dropFirst(576)), at: 266_240)
        return image.bytes
    }

    private static func check(_ bytes: [UInt8], cut: Int) -> InspectionReport {
        var inspector = ImageInspector()
        inspector.take(bytes.span.extracting(0..<cut))
        let isBounded = inspector.keptBytes <= ImageInspector.memoryBound
        inspector.take(bytes.span.extracting(cut..<bytes.count))
        #expect(isBounded && inspector.keptBytes <= ImageInspector.memoryBound)
        let report = inspector.finish()
        #expect(report == inspect(bytes))
        for format in ["raw", "qcow2", "vmdk"] {
            let verdict = UploadRule().verdict(report, diskFormat: format, containerFormat: "bare")
            if case .refused(let refusal) = verdict { #expect(!refusal.description.isEmpty) }
        }
        return report
    }

    @Test func `images of any form are inspected`() {
        let samples = StreamTests.images.map(\.bytes).filter { (1...65_536).contains($0.count) }
        var found: [ImageFormat: Int] = [:]
        var cuts = Fuzzer(samples: samples)
        Fuzzer.run(
            "image formats", samples: samples,
            words: [
                "KDMV", "QED\0", "conectix", "vhdxfile", "CD001", "NSR02", "BEA01", "createType=\"",
                "RW 1 SPARSE \"a\"\n", "\0\0\0\0",
            ],
            usually: 300
        ) { bytes in
            let report = Self.check(bytes, cut: Int.random(in: 0...bytes.count, using: &cuts))
            for match in report.matches { found[match.format, default: 0] += 1 }
        }
        #expect(found.count > 5, "hardly a format was recognised, so little was tried behind its sign")
    }

    @Test func `metadata of VHDX of any form are inspected`() {
        var sound = 0
        var cuts = Fuzzer(samples: [Self.folded])
        Fuzzer.run("VHDX metadata", samples: [Self.folded], usually: 100) { pieces in
            let bytes = Self.unfolded(pieces)
            let report = Self.check(bytes, cut: Int.random(in: 0...bytes.count, using: &cuts))
            if report.detected?.findings.isEmpty == true { sound += 1 }
        }
        print("of them \(sound) were sound")
    }
}
