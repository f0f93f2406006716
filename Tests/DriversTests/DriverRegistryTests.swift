import Foundation
import Host
import Testing

@testable import Drivers

@Suite struct DriverRegistryTests {
    private let options = DriverOptions(root: SysfsRoot(MemoryTree()))

    @Test func driversByEitherName() throws {
        let enabled = try DriverRegistry.standard.drivers(
            named: ["intel_qat_driver", "pci", "intel_qat"], options: options)
        #expect(enabled.drivers.map(\.name) == ["intel_qat", "pci"])
        #expect(enabled.warnings.count == 1)
        #expect(enabled.warnings.first?.hasPrefix("The driver 'intel_qat' is experimental since 1.0: ") == true)
    }

    @Test func anUnknownNameIsRefusedWithTheNearest() {
        let fault = #expect(throws: DriverFault.self) {
            try DriverRegistry.standard.drivers(named: ["fakr"], options: options)
        }
        #expect(fault?.text.contains("did you mean 'fake'?") == true)
    }

    @Test func everyNameIsOfOneDriver() {
        #expect(Set(DriverRegistry.standard.entries.map(\.name)).count == DriverRegistry.standard.entries.count)
    }

    /// A release is not made with a table that claims more than its evidence gives.
    @Test func theTableClaimsNoMoreThanItsEvidenceGives() {
        #expect(DriverRegistry.standard.objections == [])
    }

    /// Whoever is supported was tried on devices, and whoever was tried in the laboratory passed there; what makes up its devices
    /// has none.
    @Test func whoIsSupportedPassedInTheLaboratory() throws {
        struct Report: Decodable {
            struct Count: Decodable {
                let checks: Int
                let right: Int
            }
            struct Part: Decodable {
                let drivers: [String: Count]
            }
            let parts: [String: Part]
        }
        let repository = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let file = URL(fileURLWithPath: "\(repository)/docs/drivers/laboratory.json")
        let report = try JSONDecoder().decode(Report.self, from: try Data(contentsOf: file))
        for entry in DriverRegistry.standard.entries {
            if entry.support.level == .supported, entry.name != FakeDriver.name {
                #expect(!entry.support.checks.isDisjoint(with: [.laboratory, .hardware]), "\(entry.name)")
            }
            for part in ["drivers", "lifecycle"] where entry.support.checks.contains(.laboratory) {
                let count = try #require(report.parts[part]?.drivers[entry.name], "\(entry.name), \(part)")
                #expect(count.checks > 0 && count.right == count.checks, "\(entry.name), \(part)")
            }
        }
    }

    private static let releases = ["1.0", "1.1", "1.2", "1.3"]

    struct Judgement: Sendable {
        let asked: SupportLevel
        let checks: Set<DriverSupport.Check>
        let checked: String
        /// How many releases there are.
        let releases: Int
        let given: SupportLevel
        let since: String
    }

    private static func judgement(
        _ asked: SupportLevel, _ checks: Set<DriverSupport.Check>, _ checked: String, _ releases: Int,
        _ given: SupportLevel, _ since: String
    ) -> Judgement {
        Judgement(asked: asked, checks: checks, checked: checked, releases: releases, given: given, since: since)
    }

    static let judgements: [Judgement] = [
        judgement(.supported, DriverSupport.needed, "1.0", 3, .supported, "1.0"),
        judgement(.supported, DriverSupport.needed, "1.0", 4, .experimental, "1.3"),
        judgement(.supported, [.conformance, .laboratory, .hardware], "1.0", 1, .experimental, "1.0"),
        judgement(.supported, [], "1.0", 4, .experimental, "1.3"),
        judgement(.experimental, [.conformance], "1.0", 3, .experimental, "1.0"),
        judgement(.experimental, [.conformance], "1.0", 4, .deprecated, "1.3"),
        judgement(.experimental, [.conformance], "1.2", 4, .experimental, "1.0"),
        judgement(.experimental, [.conformance], "0.9", 1, .deprecated, "1.0"),
        judgement(.deprecated, [], "1.0", 4, .deprecated, "1.0"),
        judgement(.removed, [], "1.0", 4, .removed, "1.0"),
    ]

    @Test(arguments: judgements) func levelsFollowFromEvidenceAndRelease(one: Judgement) {
        let releases = Array(Self.releases.prefix(one.releases))
        let judged = DriverSupport(
            one.asked, since: "1.0", evidence: "a trial", checks: one.checks, checked: one.checked
        ).judged(among: releases)
        #expect(judged.level == one.given && judged.since == one.since)
        // What was judged is not judged otherwise.
        #expect(judged.judged(among: releases).level == judged.level)
    }

    private static func entry(_ name: String, _ support: DriverSupport) -> DriverRegistry.Entry {
        DriverRegistry.Entry(
            name: name, formerName: nil, summary: "Is \(name).", support: support,
            capabilities: DriverCapabilities(cleans: true, isStateful: true, examines: true),
            make: { _ throws(DriverFault) in FakeDriver() })
    }

    /// Table, page, warnings and answers all have the level that follows.
    @Test func everyoneSeesTheLevelThatFollows() throws {
        let registry = DriverRegistry(
            entries: [
                Self.entry(
                    "fresh",
                    DriverSupport(
                        .supported, since: "1.0", evidence: "trials", checks: DriverSupport.needed, checked: "1.2")),
                Self.entry(
                    "forgotten",
                    DriverSupport(.supported, since: "1.0", evidence: "old trials", checks: DriverSupport.needed)),
                Self.entry("leaving", DriverSupport(.deprecated, since: "1.3", evidence: "nobody has one; use pci")),
                Self.entry("overdue", DriverSupport(.deprecated, since: "1.0", evidence: "use pci")),
                Self.entry("gone", DriverSupport(.removed, since: "1.2", evidence: "use pci")),
            ], releases: Self.releases)
        #expect(registry.support(of: "forgotten")?.level == .experimental)
        #expect(
            registry.objections == [
                "The driver 'forgotten' is asked for as supported, and follows as experimental.",
                "The driver 'overdue' was deprecated in 1.0 and must be removed by now.",
            ])
        let page = registry.supportMatrix
        for row in [
            "| [fresh](fresh.md) | supported | 1.0 | trials | 1.2 |  | yes |  |  |  | yes | yes |",
            "| [forgotten](forgotten.md) | experimental | 1.3 | old trials | 1.0 |  | yes |  |  |  | yes | yes |",
            "| [leaving](leaving.md) | deprecated | 1.3 | nobody has one; use pci | 1.3 |  | yes |  |  |  | yes | yes |",
            "| gone | removed | 1.2 | use pci |  |  |  |  |  |  |  |  |",
        ] { #expect(page.contains(row + "\n"), "\(row)") }
        let warnings = try registry.drivers(named: ["fresh", "forgotten", "leaving"], options: options).warnings
        #expect(
            warnings == [
                "The driver 'forgotten' is experimental since 1.3: old trials.",
                "The driver 'leaving' is deprecated since 1.3: nobody has one; use pci; it will be removed.",
            ])
        #expect(throws: DriverFault("The driver 'gone' was removed: use pci.")) {
            try registry.drivers(named: ["gone"], options: options)
        }
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
