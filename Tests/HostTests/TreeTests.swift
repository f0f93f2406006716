import Foundation
import Host
import Synchronization
import Testing

/// The same questions to the kernel's tree and to the one in memory.
@Suite struct TreeTests {
    static let entries: [(String, MemoryTree.Node)] = [
        ("/sys/a/value", .file(Array("7\n".utf8))), ("/sys/a/empty", .file([])),
        ("/sys/a/large", .file(Array(repeating: 65, count: 10_000))), ("/sys/a/folder", .folder),
        ("/sys/b/up", .link("../a")), ("/sys/b/value", .link("../a/value")), ("/sys/b/nowhere", .link("../x/y")),
        ("/sys/b/ring", .link("ring")), ("/sys/b/deep", .link("up/../b/up/value")),
        ("/proc/table", .file(Array(repeating: 66, count: 9000))),
    ]

    /// Lays the entries out in a folder and in memory, and asks both.
    private func eachTree(_ body: (SysfsRoot) throws -> Void) throws {
        let memory = MemoryTree()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (path, node) in Self.entries {
            memory.put(node, at: path)
            let place = folder + path
            let parent = (place as NSString).deletingLastPathComponent
            try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
            switch node {
            case .file(let bytes): try Data(bytes).write(to: URL(fileURLWithPath: place))
            case .link(let target):
                try FileManager.default.createSymbolicLink(atPath: place, withDestinationPath: target)
            case .folder: try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
            case .unreadable: break
            }
        }
        try body(SysfsRoot(memory))
        try body(SysfsRoot(path: folder))
        try body(SysfsRoot(path: folder + "/"))
    }

    @Test func reading() throws {
        try eachTree { (root: SysfsRoot) throws in
            #expect(try root.text("/sys/a/value") == "7")
            #expect(try root.text("/sys/a/empty") == "")
            #expect(try root.text("/sys/b/value") == "7")
            #expect(try root.text("/sys/b/up/value") == "7")
            #expect(try root.text("/sys/b/deep") == "7")
            #expect(try root.names(in: "/sys/b/up") == ["empty", "folder", "large", "value"])
            #expect(try root.names(in: "/sys/a/folder") == [])
            #expect(try root.target(of: "/sys/b/up") == "../a")
            #expect(try root.destination(of: "/sys/b/value") == "/sys/a/value")
            #expect(try root.bytes("/proc/table", limit: 9000).count == 9000)
            #expect(try root.bytes("/proc/table", offset: 8990, limit: 256).count == 10)
            #expect(try root.bytes("/proc/table", limit: 16, partial: true).count == 16)
            #expect(root.kind(of: "/sys/b/up") == .link)
            #expect(root.kind(of: "/sys/a") == .folder)
            #expect(root.kind(of: "/sys/b/up/value") == .file)
            #expect(root.kind(of: "/sys/c") == nil)
        }
    }

    @Test func faults() throws {
        try eachTree { (root: SysfsRoot) throws in
            func reason(_ body: () throws -> Void) -> TreeFault.Reason? {
                #expect(throws: TreeFault.self, performing: body)?.reason
            }
            #expect(reason { _ = try root.text("/sys/a/large") } == .tooLarge)
            #expect(reason { _ = try root.text("/sys/b/nowhere") } == .missing)
            #expect(reason { _ = try root.text("/sys/b/ring") } == .loop)
            #expect(reason { _ = try root.text("/sys/a") } == .invalid)
            #expect(reason { _ = try root.names(in: "/sys/a/value") } == .missing)
            #expect(reason { _ = try root.names(in: "/sys/c") } == .missing)
            #expect(reason { _ = try root.target(of: "/sys/a/value") } == .invalid)
            #expect(reason { try root.write("1", to: "/sys/a/new") } == .missing)
        }
    }

    @Test func writing() throws {
        try eachTree { (root: SysfsRoot) throws in
            try root.write("8", to: "/sys/b/value")
            #expect(try root.text("/sys/a/value").hasPrefix("8"))
        }
    }

    @Test func aWriteMayBeRefusedOrAnswered() throws {
        let tree = MemoryTree()
        tree.file("/sys/d/sriov_numvfs", "0")
        tree.onWrite { tree, path, text in
            guard let number = Int(text), number <= 2 else { return .invalid }
            for index in 0..<number { tree.folder("/sys/d/virtfn\(index)") }
            return nil
        }
        let root = SysfsRoot(tree)
        try root.write("2", to: "/sys/d/sriov_numvfs")
        #expect(try root.names(in: "/sys/d") == ["sriov_numvfs", "virtfn0", "virtfn1"])
        let fault = #expect(throws: TreeFault.self) { try root.write("3", to: "/sys/d/sriov_numvfs") }
        #expect(fault?.reason == .invalid)
        #expect(try root.text("/sys/d/sriov_numvfs") == "2")
        tree.remove("/sys/d/virtfn0")
        #expect(!root.exists("/sys/d/virtfn0"))
    }

    /// Safe: the path lives as long as the call.
    @Test func aPipeInPlaceOfAFileHoldsNobodyUp() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: folder + "/sys", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(unsafe mkfifo(folder + "/sys/pipe", 0o600) == 0)
        let root = SysfsRoot(path: folder)
        #expect(root.kind(of: "/sys/pipe") == .special)
        #expect(try root.text("/sys/pipe") == "")
    }
}
