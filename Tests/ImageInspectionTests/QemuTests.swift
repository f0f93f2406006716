import Foundation
import ImageInspection
import Testing

/// Images that `qemu-img` makes are recognised, with the size that they were made with.
@Suite(.enabled(if: QemuTool.path != nil, "qemu-img is not installed"))
struct QemuTests {
    private static let size: UInt64 = 64 << 20

    /// A new image, made with these options.
    private func image(_ options: [String]) throws -> [UInt8] {
        let path = FileManager.default.temporaryDirectory.appending(path: "inspection-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(QemuTool.path))
        process.arguments = ["create", "-q"] + options + [path, "\(Self.size)"]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    @Test(arguments: [
        ("qcow2", ["-f", "qcow2"]), ("qcow2", ["-f", "qcow2", "-o", "compat=0.10"]), ("vdi", ["-f", "vdi"]),
        ("vhd", ["-f", "vpc", "-o", "force_size=on"]), ("vhdx", ["-f", "vhdx"]), ("vmdk", ["-f", "vmdk"]),
        ("vmdk", ["-f", "vmdk", "-o", "subformat=streamOptimized"]),
    ])
    func theyAreAccepted(format: String, options: [String]) throws {
        let report = inspect(try image(options))
        #expect(report.format?.rawValue == format && report.failed.isEmpty)
        #expect(report.detected?.virtualSize == Self.size)
    }

    @Test func anExtendedTableIsRefused() throws {
        #expect(inspect(try image(["-f", "qcow2", "-o", "extended_l2=on"])).failed == [.unknownFeatures])
        #expect(inspect(try image(["-f", "qed"])).failed == [.banned])
    }
}
