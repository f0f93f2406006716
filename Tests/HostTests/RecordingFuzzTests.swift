import Foundation
import Host
import TestFuzz
import Testing

/// Recordings of any form are hosts or refusals, and such a host can be looked at.
@Suite struct RecordingFuzzTests {
    private static let sample = """
        kilonova-host 1
        # a note
        /sys/bus/pci/devices
         l 0000:3b:00.0\t../../../devices/pci0000:3a/0000:3b:00.0
        /sys/devices/pci0000:3a/0000:3b:00.0
         f vendor\t0x10de\\n
         f device\t0x2330\\n
         f class\t0x030200\\n
         f numa_node\t0\\n
         f sriov_totalvfs\t16\\n
        """

    @Test func `recordings take what comes`() throws {
        var samples = [Array(Self.sample.utf8)]
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Fixtures/hosts")
        for file in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() {
            let bytes = [UInt8](try Data(contentsOf: folder.appending(path: file)))
            if bytes.count < 30_000 { samples.append(bytes) }
        }
        #expect(samples.count > 1, "there are no recordings to begin with")
        var accepted = 0
        Fuzzer.run(
            "recordings", samples: samples,
            words: ["/sys/", "\n", "\t", "..", "/../", "\\n", "\\x00", " f ", " l ", "#"],
            usually: 100
        ) { bytes in
            do throws(RecordingFault) {
                let host = try RecordedHost(bytes)
                accepted += 1
                _ = HostSnapshot(host.root).functions.count
            } catch {
                #expect(!"\(error)".isEmpty)
            }
        }
        print("of them \(accepted) were recordings")
    }
}
