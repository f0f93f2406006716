import ImageInspection
import Testing

/// What the image service accepts, claim by claim.
@Suite struct UploadRuleTests {
    private func verdict(
        _ diskFormat: String, _ bytes: [UInt8], in container: String = "bare", _ rule: UploadRule = UploadRule()
    ) -> InspectionVerdict {
        rule.verdict(inspect(bytes), diskFormat: diskFormat, containerFormat: container)
    }

    private static let backed = Vectors.qcow2(backing: 512)
    private static let bootableISO = Partition.table([.linux], in: Vectors.iso(), count: 40_960)

    @Test func rawHoldsAnythingThatIsSafe() {
        let images = [
            Vectors.plain, Partition.table([.linux]), Partition.table([.protective]), Vectors.iso(), Vectors.luks(),
            Vectors.qcow2(), Self.bootableISO,
        ]
        for bytes in images {
            #expect(verdict("raw", bytes) == .accepted(virtualSize: UInt64(bytes.count)))
        }
    }

    @Test func rawHoldsNothingThatIsNot() {
        for (bytes, format) in [
            (Self.backed, ImageFormat.qcow2), (Vectors.qed(), .qed), (Partition.table([]), .gpt),
            (Vectors.luks(version: 2), .luks), (Array(VMDKVector.descriptor(type: "monolithicFlat").utf8), .vmdk),
        ] {
            guard case .refused(.failedChecks(format, let findings)) = verdict("raw", bytes) else {
                Issue.record("a raw image that is \(format) is not refused as unsafe")
                continue
            }
            #expect(findings.count == 1)
        }
    }

    @Test func aFormatIsAcceptedAsWhatItIs() {
        let images: [(String, [UInt8], UInt64)] = [
            ("qcow2", Vectors.qcow2(version: 2), Vectors.gibibyte), ("qcow2", Vectors.qcow2(), Vectors.gibibyte),
            ("vmdk", VMDKVector().bytes, 1 << 20),
            ("vmdk", VMDKVector(hasFooter: true, text: VMDKVector.descriptor(type: "streamOptimized")).bytes, 1 << 20),
            ("vdi", Vectors.vdi(), Vectors.gibibyte), ("vhd", Vectors.vhd(), Vectors.gibibyte),
            ("vhdx", VHDXVector().bytes, Vectors.gibibyte), ("iso", Vectors.iso(), 40_960),
            ("iso", Self.bootableISO, 40_960),
            ("iso", Partition.table([.protective], in: Vectors.iso(), count: 40_960), 40_960),
            ("gpt", Partition.table([.protective]), 4096), ("luks", Vectors.luks(), 40_960),
        ]
        for (format, bytes, size) in images { #expect(verdict(format, bytes) == .accepted(virtualSize: size)) }
    }

    @Test func unsafeImagesAreRefused() {
        for (format, bytes) in [
            ("qcow2", Self.backed), ("qcow2", Vectors.qcow2(features: 4)), ("qcow2", Vectors.qcow2(features: 16)),
            ("qcow2", Vectors.qcow2(version: 1)),
            ("vmdk", Array(VMDKVector.descriptor(type: "monolithicFlat").utf8)),
            ("vmdk", VMDKVector(text: VMDKVector.descriptor(extent: #"RW 1 FLAT "/a" 0"#)).bytes),
            ("vmdk", VMDKVector(hasFooter: true) { $0.little(UInt32(3), at: 516) }.bytes),
        ] {
            guard case .refused(.failedChecks(let found, _)) = verdict(format, bytes) else {
                Issue.record("an unsafe \(format) is not refused")
                continue
            }
            #expect(found.rawValue == format)
        }
    }

    @Test func anotherFormatIsRefused() {
        for (claimed, bytes, detected) in [
            ("qcow2", [UInt8](repeating: 0, count: 4096), ImageFormat.raw), ("qcow2", Vectors.vhd(), .vhd),
            ("iso", Vectors.qcow2(), .qcow2), ("ami", Vectors.qcow2(), .qcow2), ("ari", Partition.table([]), .gpt),
            ("ploop", Vectors.iso(), .iso),
        ] {
            let content = detected == .gpt ? nil : inspect(bytes).content
            #expect(
                verdict(claimed, bytes) == .refused(.mismatch(claimed: claimed, detected: detected, content: content)))
        }
    }

    @Test func whatCannotBeRecognisedMayHoldWhatIsNot() {
        for format in ["ami", "ari", "aki", "ploop"] {
            #expect(verdict(format, Vectors.plain) == .accepted(virtualSize: nil))
        }
    }

    @Test func otherContainersAreNotInspected() {
        for container in ["ovf", "ova", "docker", "compressed", "aki", "ari"] {
            #expect(verdict("qcow2", Self.backed, in: container) == .accepted(virtualSize: nil))
        }
    }

    @Test func twoFormatsAtOnceAreRefused() {
        var polyglot = ImageBytes(count: 0)
        polyglot.put(Vectors.iso(), at: 0)
        polyglot.put(Vectors.qcow2(), at: 0)
        for claimed in ["raw", "iso", "qcow2"] {
            #expect(verdict(claimed, polyglot.bytes) == .refused(.ambiguous([.iso, .qcow2])))
        }
        let three = Partition.table([.linux], in: polyglot.bytes, count: 40_960)
        #expect(verdict("iso", three) == .refused(.ambiguous([.gpt, .iso, .qcow2])))
    }

    @Test func anEmptyImageHasNoSize() {
        #expect(verdict("raw", []) == .accepted(virtualSize: nil))
    }

    @Test func anOperatorCanRelaxIt() {
        let tolerant = UploadRule(toleratesPartitionTables: true)
        #expect(verdict("raw", Partition.table([]), tolerant) == .accepted(virtualSize: 4096))
        #expect(verdict("raw", Vectors.qed(), tolerant) != .accepted(virtualSize: 1024))
        let unmatched = UploadRule(requiresMatch: false)
        #expect(verdict("qcow2", Vectors.vhd(), unmatched) == .accepted(virtualSize: nil))
        guard case .refused(.failedChecks(.qcow2, _)) = verdict("iso", Self.backed, unmatched) else {
            Issue.record("unsafe data are stored where formats need not match")
            return
        }
        var polyglot = ImageBytes(count: 0)
        polyglot.put(Vectors.iso(), at: 0)
        polyglot.put(Self.backed, at: 0)
        guard case .refused(.failedChecks(.qcow2, _)) = verdict("iso", polyglot.bytes, unmatched) else {
            Issue.record("unsafe data are stored where they have two formats")
            return
        }
    }

    @Test func aRefusalSaysWhatIsWrong() {
        #expect(
            InspectionRefusal.mismatch(claimed: "iso", detected: .qcow2).description
                == "the disk format 'iso' does not match the data, whose format is qcow2")
        guard case .refused(let refusal) = verdict("qcow2", Vectors.qcow2(backing: 1, features: 4)) else {
            Issue.record("it is not refused")
            return
        }
        #expect(
            "\(refusal)"
                == "the qcow2 image failed safety checks: it has a backing file; its data are in another file")
    }
}
