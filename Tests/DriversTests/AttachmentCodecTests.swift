import FoundationEssentials
import Host
import Model
import Testing

@testable import Drivers

/// The content of every handle of every recorded host, through the text that is a key in the database.
@Suite struct AttachmentCodecTests {
    private func drivers(_ recorded: RecordedHost) throws -> [any Driver] {
        let options = try ConformanceOptions.broad(recorded)
        let names = DriverRegistry.standard.entries.filter { $0.support.level != .removed }.map(\.name)
        let pair = #"[{"address":"0000:82:10.0","group":"g"},{"address":"0000:82:10.1","group":"g"}]"#
        var drivers: [any Driver] = [
            PCIDriver(DriverOptions(root: recorded.root, deviceSpecs: try DeviceSpec.list(json: pair)))
        ]
        for name in names {
            drivers += try DriverRegistry.standard.drivers(named: [name], options: options).drivers
        }
        for type in NVMeOptions.HandleType.allCases {
            drivers.append(try recorded.drives(.auto, "{}", handles: type))
        }
        return drivers
    }

    private static func hosts(file: String = #filePath) throws -> [String] {
        let folder = "/" + file.split(separator: "/").dropLast(3).joined(separator: "/") + "/Fixtures/hosts"
        return try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".host") }
            .map { String($0.dropLast(".host".count)) }.sorted()
    }

    @Test func everyHandleIsReadAsItIsWritten() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var seen: Set<String> = []
        for host in try Self.hosts() {
            let recorded = try fixture(host)
            let pass = DiscoveryPass(snapshot: HostSnapshot(recorded.root), host: "h.example")
            for driver in try drivers(recorded) {
                let reports = try driver.discover(pass).devices.flatMap(\.deployables).flatMap(\.handles)
                for handle in Set(reports.map(\.attachment)) {
                    let text = try handle.text()
                    #expect(text == String(decoding: try encoder.encode(handle.info), as: UTF8.self))
                    let read = try Attachment(handle.type, text: text)
                    #expect(read == handle)
                    #expect(try read.text() == text)
                    if case .other(let type, _) = handle.target {
                        #expect(type == .testPCI, "\(driver.name) on \(host): \(text)")
                    }
                    seen.insert(handle.members == nil ? handle.type.rawValue : "group")
                }
            }
        }
        #expect(seen.isSuperset(of: ["PCI", "MDEV", "TEST_PCI", "group"]), "\(seen)")
    }
}
