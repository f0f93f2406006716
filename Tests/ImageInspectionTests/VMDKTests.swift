import ImageInspection
import Testing

@Suite struct VMDKTests {
    private func failed(_ text: String) -> [SafetyFinding.Check] { inspect(VMDKVector(text: text).bytes).failed }

    @Test func oneFileWithItsDescriptorIsSafe() {
        for (type, hasFooter) in [("monolithicSparse", false), ("streamOptimized", true), ("streamOptimized", false)] {
            let report = inspect(
                VMDKVector(hasFooter: hasFooter, text: VMDKVector.descriptor(type: type)).bytes)
            #expect(report.format == .vmdk && report.failed.isEmpty)
            #expect(report.detected?.virtualSize == 1 << 20)
            #expect(report.detected?.subformat == type.lowercased())
        }
        #expect(failed(VMDKVector.descriptor().uppercased()).isEmpty)
        #expect(failed(VMDKVector.descriptor().split(separator: "\n").joined(separator: "\r\n")).isEmpty)
    }

    @Test func typesOfSeveralFilesAreRefused() {
        for type in ["monolithicFlat", "twoGbMaxExtentSparse", "vmfs", "custom", ""] {
            #expect(failed(VMDKVector.descriptor(type: type)) == [.descriptor])
        }
        #expect(failed("version=1\nRW 2048 SPARSE \"disk.vmdk\"\n") == [.descriptor])
        // Without its closing mark, or longer than any type.
        #expect(failed("createType=\"monolithicSparse\nRW 1 SPARSE \"a\"\n") == [.descriptor])
        #expect(failed("createType=\"\(String(repeating: "a", count: 64))\"\nRW 1 SPARSE \"a\"\n") == [.descriptor])
    }

    @Test func extentsElsewhereAreRefused() {
        #expect(failed(VMDKVector.descriptor(extent: #"RW 2048 FLAT "/etc/passwd" 0"#)) == [.descriptor])
        #expect(failed(VMDKVector.descriptor(extent: #"rdonly 2048 FLAT "../disk" 0"#)) == [.descriptor])
        #expect(failed(VMDKVector.descriptor(extent: "RW\t2048\tFLAT\t\"/etc/a=b\"\t0")) == [.descriptor])
        #expect(failed(VMDKVector.descriptor(extent: "")) == [.descriptor])
    }

    @Test func linesOfAnUnknownKindAreRefused() {
        #expect(failed(VMDKVector.descriptor(more: "include other.vmdk")) == [.descriptor])
        #expect(failed(VMDKVector.descriptor(more: "parent hint=x")) == [.descriptor])
        #expect(failed(VMDKVector.descriptor(more: "é=1")) == [.descriptor])
        #expect(failed(VMDKVector.descriptor(more: "a=" + String(repeating: "b", count: 4095))) == [.descriptor])
        #expect(failed(VMDKVector.descriptor(more: "a=" + String(repeating: "b", count: 4094))).isEmpty)
    }

    /// QEMU would open what follows the word, even in a comment.
    @Test func aParentIsABackingFile() {
        #expect(failed(VMDKVector.descriptor(more: #"parentFileNameHint="/etc/passwd""#)) == [.backingFile])
        #expect(failed(VMDKVector.descriptor(more: #"# parentFileNameHint="/etc/passwd""#)) == [.backingFile])
    }

    @Test func theHeaderMustBeUsable() {
        #expect(inspect(VMDKVector(version: 4).bytes).failed == [.descriptor])
        #expect(inspect(VMDKVector(capacity: 0).bytes).failed == [.descriptor])
        #expect(inspect(VMDKVector(descriptorSector: 2).bytes).failed == [.descriptor])
        #expect(inspect(VMDKVector(descriptorSector: .max).bytes).failed == [.descriptor])
        #expect(inspect(VMDKVector(descriptorLength: 0).bytes).failed == [.descriptor])
        #expect(inspect(VMDKVector(descriptorLength: .max).bytes).failed == [.malformed])
        #expect(inspect(VMDKVector(capacity: .max).bytes).failed == [.malformed])
        #expect(inspect(Array(VMDKVector().bytes.prefix(63))).failed == [.malformed])
        #expect(inspect(Array(VMDKVector().bytes.prefix(4096))).failed == [.malformed])
    }

    @Test func theFooterMustRepeatTheHeader() {
        func failed(_ change: @escaping (inout ImageBytes) -> Void) -> [SafetyFinding.Check] {
            inspect(VMDKVector(hasFooter: true, change: change).bytes).failed
        }
        #expect(failed { _ in }.isEmpty)
        #expect(failed { $0.put("COWD", at: 512) } == [.footer])
        #expect(failed { $0.little(UInt32(2), at: 516) } == [.footer])
        #expect(failed { $0.little(UInt64(4096), at: 524) } == [.footer])
        #expect(failed { $0.little(UInt64(2), at: 540) } == [.footer])
        #expect(failed { $0.little(UInt64(21), at: 548) } == [.footer])
        #expect(failed { $0.little(UInt64.max, at: 568) } == [.footer])
        #expect(failed { $0.little(UInt32(1), at: 8) } == [.footer])
        #expect(failed { $0.little(UInt32(2), at: 12) } == [.footer])
        #expect(failed { $0.put([1], at: 511) } == [.footer])
        #expect(failed { $0.put([1], at: 1024) } == [.footer])
        #expect(failed { $0.put([1], at: 1535) } == [.footer])
        #expect(failed { $0.put([0], at: 1536) } == [.footer])
        let cut = Array(VMDKVector(hasFooter: true, text: "").bytes.prefix(64 + 1535))
        #expect(inspect(cut).failed.contains(.footer))
    }

    @Test func aDescriptorAloneIsRefused() {
        for type in ["monolithicFlat", "monolithicSparse", "vmfs"] {
            let report = inspect(Array(VMDKVector.descriptor(type: type).utf8))
            #expect(report.format == .vmdk && report.failed == [.descriptor])
            #expect(report.detected?.subformat == type.lowercased())
        }
        // Behind much text, before bytes that are none.
        let padding = String(repeating: "# comment\n", count: 2000)
        #expect(inspect(Array((padding + VMDKVector.descriptor()).utf8) + Vectors.plain).format == .vmdk)
        #expect(inspect(Array((padding + VMDKVector.descriptor() + "\u{e9}").utf8)).format == .vmdk)
    }

    @Test func otherTextIsRaw() {
        let script = String(repeating: "#!/bin/sh\necho createType\n", count: 60)
        #expect(inspect(Array(script.utf8)).format == .raw)
        #expect(inspect(Array("createtype=\"monolithicFlat\"".utf8) + Vectors.plain).format == .raw)
    }

    @Test func aDescriptorLiesInTheFirstMebibyte() {
        let padding = [UInt8](repeating: 0x20, count: (1 << 20) - 1 - 12)
        let (key, late) = (Array("createtype=\"x\"".utf8), Array(" createtype=\"x\"".utf8))
        var inspector = ImageInspector()
        inspector.take(padding.span)
        var other = inspector
        inspector.take(key.span)
        other.take(late.span)
        #expect(inspector.finish().format == .vmdk && other.finish().format == .raw)
    }
}
