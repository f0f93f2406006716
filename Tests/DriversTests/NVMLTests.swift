import FoundationEssentials
import Host
import Model
import Testing

@testable import Drivers

/// The management library, played by one that is compiled for the test where there is a compiler, and by none.
@Suite struct NVMLTests {
    private struct Played: GPUMonitor {
        var reading: GPUReading?
        func reading(of address: PCIAddress) -> GPUReading? { reading }
    }

    private static let source = """
        #include <string.h>
        int nvmlInit_v2(void) { return 0; }
        int nvmlShutdown(void) { return 0; }
        int nvmlDeviceGetHandleByPciBusId_v2(const char *id, void **device) {
            if (!strcmp(id, "0000:82:00.0")) { *device = (void *)1; return 0; }
            return strcmp(id, "0000:83:00.0") ? 6 : 15;
        }
        int nvmlDeviceGetName(void *d, char *t, unsigned n) { strncpy(t, "NVIDIA A100", n); return 0; }
        int nvmlDeviceGetMemoryInfo(void *d, unsigned long long *m) { m[0] = 42; m[1] = m[2] = 0; return 0; }
        int nvmlDeviceGetTemperature(void *d, unsigned s, unsigned *t) { *t = s ? 0 : 31; return 0; }
        int nvmlDeviceGetTotalEccErrors(void *d, unsigned type, unsigned counter, unsigned long long *n) {
            *n = type == 1 && counter == 0 ? 0 : 7; return 0;
        }
        int nvmlDeviceGetRemappedRows(void *d, unsigned *a, unsigned *b, unsigned *p, unsigned *f) {
            *a = *b = *f = 0; *p = 1; return 0;
        }
        """

    private func address(_ text: String) throws -> PCIAddress { try #require(PCIAddress(text)) }

    @Test func withoutTheLibraryNothingIsKnown() throws {
        #expect(NVML(library: "libnothing-of-the-kind.so.1").reading(of: try address("0000:82:00.0")) == nil)
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/cc")))
    func whatTheLibrarySays() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "nvml-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data(Self.source.utf8).write(to: URL(filePath: folder + "/nvml.c"))
        let result = try await SystemCommands().run(
            Command("cc", ["-shared", "-fPIC", "-o", folder + "/nvml.so", folder + "/nvml.c"]))
        try #require(result.status == 0, "\(result.complaint)")
        let library = NVML(library: folder + "/nvml.so")
        let reading = try #require(library.reading(of: try address("0000:82:00.0")))
        #expect(reading.name == "NVIDIA A100" && reading.serial == nil && reading.memory == 42)
        #expect(reading.temperature == 31 && reading.uncorrectedErrors == 0)
        #expect(reading.health.state == .worn && reading.health.inventory["gpu_name"] == "NVIDIA A100")
        #expect(library.reading(of: try address("0000:83:00.0"))?.health.state == .sick)
        // In a guest's hands.
        #expect(library.reading(of: try address("0000:84:00.0")) == nil)
    }

    @Test func whatIsMadeOfIt() async throws {
        let recorded = try fixture("two-socket")
        let order = HandleOrder(
            handle: IDSource.random.next(), type: .pci, info: try address("0000:23:00.0").attachInfo, controlPath: "")
        func health(_ change: (inout GPUReading) -> Void) async throws -> DeviceHealth {
            var reading = GPUReading()
            change(&reading)
            var options = DriverOptions(root: recorded.root)
            options.gpus = Played(reading: reading)
            return try await NvidiaDriver(options).examine(order)
        }
        #expect(try await health { $0.temperature = 30 }.state == .well)
        #expect(try await health { $0.uncorrectedErrors = 2 }.state == .sick)
        #expect(try await health { $0.remappingFailed = true }.state == .sick)
        #expect(try await health { $0.isLost = true }.reason == "it does not answer on its bus any more")
        // Without the library the bus alone is asked.
        let answers = try await NvidiaDriver(DriverOptions(root: recorded.root)).examine(order)
        #expect(answers.state == .well)
        let gone = HandleOrder(
            handle: IDSource.random.next(), type: .pci, info: try address("0000:99:00.0").attachInfo, controlPath: "")
        #expect(try await NvidiaDriver(DriverOptions(root: recorded.root)).examine(gone).state == .sick)
    }
}
