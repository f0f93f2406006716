import Foundation

/// `qemu-img`, where it is installed.
enum QemuTool {
    static let path: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .map { "\($0)/qemu-img" }.first { FileManager.default.isExecutableFile(atPath: $0) }
}
