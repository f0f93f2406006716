import Foundation
import Testing

@testable import Host

/// Mapped files and media, below a folder in place of the kernel's.
@Suite struct DeviceMemoryTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "memory-\(UUID().uuidString)").path

    private func inFolder(_ body: (SysfsRoot) throws -> Void) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data((0..<16384).map { UInt8($0 / 64 % 251) }).write(to: URL(filePath: folder + "/resource2"))
        try body(SysfsRoot(path: folder))
    }

    @Test func piecesAreReadAndWrittenWhereTheyBelong() throws {
        try inFolder { root in
            #expect(try root.memory("/resource2", places: [0, 16320], size: 64).map { $0[0] } == [0, 4])
            let piece = Array(repeating: UInt8(0xca), count: 64)
            try root.setMemory("/resource2", pieces: [(place: 64, bytes: piece), (place: 12288, bytes: piece)])
            #expect(
                try root.memory("/resource2", places: [0, 64, 128, 12288], size: 64).map { $0[63] } == [
                    0, 0xca, 2, 0xca,
                ])
        }
    }

    @Test func noPieceLiesAcrossPages() throws {
        try inFolder { root in
            let fault = #expect(throws: TreeFault.self) { try root.memory("/resource2", places: [4064], size: 64) }
            #expect(fault?.reason == .invalid)
            let missing = #expect(throws: TreeFault.self) { try root.memory("/resource3", places: [0], size: 64) }
            #expect(missing?.reason == .missing)
        }
    }

    @Test func aMediumIsReadInBlocks() throws {
        try inFolder { root in
            let bytes = try root.medium("/resource2", offset: 4096, size: 4096)
            #expect(bytes.count == 4096 && bytes[0] == 64 && bytes[4095] == 127)
            #expect(try root.medium("/resource2", offset: 16384, size: 4096).isEmpty)
        }
    }
}
