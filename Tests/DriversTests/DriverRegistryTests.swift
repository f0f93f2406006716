import Foundation
import Host
import Testing

@testable import Drivers

@Suite struct DriverRegistryTests {
    private let options = DriverOptions(root: SysfsRoot(MemoryTree()))

    @Test func driversByEitherName() throws {
        let enabled = try DriverRegistry.standard.drivers(named: ["pci_driver", "fake", "pci"], options: options)
        #expect(enabled.drivers.map(\.name) == ["pci", "fake"])
        #expect(enabled.warnings.count == 1)
        #expect(enabled.warnings[0].hasPrefix("The driver 'pci' is experimental since 1.0: "))
    }

    @Test func anUnknownNameIsRefusedWithTheNearest() {
        let fault = #expect(throws: DriverFault.self) {
            try DriverRegistry.standard.drivers(named: ["fakr"], options: options)
        }
        #expect(fault?.text.contains("did you mean 'fake'?") == true)
    }

    @Test func onlyTheFakeDriverIsSupported() {
        let supported = DriverRegistry.standard.entries.filter { $0.support.level == .supported }
        #expect(supported.map(\.name) == ["fake"])
        #expect(Set(DriverRegistry.standard.entries.map(\.name)).count == DriverRegistry.standard.entries.count)
    }

    /// No level rests on what was checked more than two releases ago.
    @Test func evidenceIsFresh() throws {
        for entry in DriverRegistry.standard.entries where entry.support.level != .removed {
            #expect(!entry.support.isStale(among: DriverRegistry.releases), "\(entry.name)")
        }
        let old = DriverSupport(.supported, since: "1.0", evidence: "a trial")
        #expect(!old.isStale(among: ["1.0", "1.1", "1.2"]) && old.isStale(among: ["1.0", "1.1", "1.2", "1.3"]))
        #expect(DriverSupport(.supported, since: "0.9", evidence: "").isStale(among: ["1.0"]))
        let again = DriverSupport(.supported, since: "1.0", evidence: "a trial", checked: "1.2")
        #expect(!again.isStale(among: ["1.0", "1.1", "1.2", "1.3"]))
    }

    @Test func aRemovedDriverSaysSo() {
        let registry = DriverRegistry(entries: [
            DriverRegistry.Entry(
                name: "old", formerName: nil, summary: "",
                support: DriverSupport(.removed, since: "1.1", evidence: "gone"),
                capabilities: DriverCapabilities(), make: { _ throws(DriverFault) in FakeDriver() })
        ])
        #expect(throws: DriverFault.self) { try registry.drivers(named: ["old"], options: options) }
    }

    /// The page in `docs/drivers` is what the table says, and every driver has a page. With KILONOVA_WRITE_DOCS=1 in the
    /// environment the page is written anew instead.
    @Test func theSupportMatrixPageIsUpToDate() throws {
        let repository = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        if ProcessInfo.processInfo.environment["KILONOVA_WRITE_DOCS"] == "1" {
            let page = URL(fileURLWithPath: "\(repository)/docs/drivers/support-matrix.md")
            try Data(DriverRegistry.standard.supportMatrix.utf8).write(to: page)
        }
        let page = try String(contentsOfFile: "\(repository)/docs/drivers/support-matrix.md", encoding: .utf8)
        #expect(page == DriverRegistry.standard.supportMatrix)
        for entry in DriverRegistry.standard.entries {
            #expect(FileManager.default.fileExists(atPath: "\(repository)/docs/drivers/\(entry.name).md"))
        }
    }
}
