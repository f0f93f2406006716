import ImageInspection
import Testing

/// What a host boots from.
@Suite struct HostRuleTests {
    private func verdict(_ diskFormat: String, _ bytes: [UInt8], _ rule: HostRule = HostRule()) -> InspectionVerdict {
        rule.verdict(inspect(bytes), diskFormat: diskFormat)
    }

    @Test func theDataHaveTheClaimedFormat() {
        #expect(verdict("qcow2", Vectors.qcow2()) == .accepted(virtualSize: Vectors.gibibyte))
        #expect(verdict("raw", Vectors.plain) == .accepted(virtualSize: 40_960))
        #expect(verdict("raw", Partition.table([.linux])) == .accepted(virtualSize: 4096))
        #expect(verdict("raw", Vectors.qcow2()) == .refused(.mismatch(claimed: "raw", detected: .qcow2)))
        #expect(verdict("raw", Vectors.iso()) == .refused(.mismatch(claimed: "raw", detected: .iso)))
        #expect(
            verdict("qcow2", Partition.table([.linux]))
                == .refused(.mismatch(claimed: "qcow2", detected: .gpt, content: .mbr)))
    }

    @Test func kernelsMayHaveAnySafeFormat() {
        for format in ["ami", "aki", "ari"] {
            #expect(verdict(format, Vectors.qcow2()) == .accepted(virtualSize: Vectors.gibibyte))
            #expect(verdict(format, Partition.table([])) != .accepted(virtualSize: 4096))
        }
    }

    @Test func otherDiskFormatsAreNotSupported() {
        #expect(verdict("ploop", Vectors.plain) == .refused(.unsupported(claimed: "ploop")))
    }

    @Test func unsafeImagesAreRefused() {
        guard case .refused(.failedChecks(.qcow2, let findings)) = verdict("qcow2", Vectors.qcow2(backing: 512)) else {
            Issue.record("a backing file is not refused")
            return
        }
        #expect(findings.map(\.check) == [.backingFile])
    }

    @Test func anOperatorLimitsTheTypesOfVMDK() {
        #expect(verdict("vmdk", VMDKVector().bytes) == .accepted(virtualSize: 1 << 20))
        let streams = HostRule(vmdkTypes: ["streamOptimized"])
        #expect(verdict("vmdk", VMDKVector().bytes, streams) != .accepted(virtualSize: 1 << 20))
        let stream = VMDKVector(text: VMDKVector.descriptor(type: "streamOptimized")).bytes
        #expect(verdict("vmdk", stream, streams) == .accepted(virtualSize: 1 << 20))
    }
}
