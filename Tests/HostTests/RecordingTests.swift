import Foundation
import Host
import Model
import Testing

@Suite struct RecordingTests {
    @Test(arguments: ["two-socket", "vgpu"])
    func aRecordingOfARecordingIsTheSame(name: String) throws {
        let recorded = try fixture(name)
        let again = HostRecorder.record(root: recorded.root, note: recorded.note)
        #expect(HostSnapshot(try RecordedHost(again).root) == HostSnapshot(recorded.root))
        #expect(HostRecorder.record(root: try RecordedHost(again).root, note: recorded.note) == again)
        #expect(again.count < 1_000_000)
    }

    @Test func everyByteSurvives() throws {
        let tree = MemoryTree()
        tree.link("/sys/bus/pci/devices/0000:01:00.0", to: "../../../devices/pci0000:00/0000:01:00.0")
        let folder = "/sys/devices/pci0000:00/0000:01:00.0"
        let bytes = (0...255).map { UInt8($0) }
        tree.put(.file(bytes), at: "\(folder)/odd\tname\n")
        tree.file("\(folder)/text", "a\\b\tc\nd\u{7f}\u{1}é")
        tree.file("\(folder)/empty", "")
        tree.put(.unreadable, at: "\(folder)/secret")
        tree.link("\(folder)/nowhere", to: "../a\\b")
        let copy = try RecordedHost(HostRecorder.record(root: SysfsRoot(tree))).tree
        for path in tree.paths { #expect(copy.node(at: path) == tree.node(at: path), "\(path)") }
    }

    @Test func theMachineOfTheTest() throws {
        let root = SysfsRoot(path: "/")
        let host = HostSnapshot(root)
        #expect(!host.hostName.text.isEmpty)
        #expect(!host.mounts.isEmpty)
        let recorded = try RecordedHost(HostRecorder.record(root: root, note: "here"))
        let copy = HostSnapshot(recorded.root)
        #expect(copy.functions.map(\.address) == host.functions.map(\.address))
        #expect(copy.functions.map(\.vendor) == host.functions.map(\.vendor))
        #expect(copy.interfaces.map(\.name) == host.interfaces.map(\.name))
        #expect(Fencing(copy).reasons.keys.sorted() == Fencing(host).reasons.keys.sorted())
    }

    @Test(arguments: [
        ("", 1, "begins with"), ("tar 1\n", 1, "begins with"), ("kilonova-host 1\n f a\tb\n", 2, "before the first"),
        ("kilonova-host 1\n/a\n f\n", 3, "cut short"), ("kilonova-host 1\n/a\n q a\tb\n", 3, "one of"),
        ("kilonova-host 1\n/a\n f a\t\\y\n", 3, "damaged"), ("kilonova-host 1\n/a\n b a\t0g\n", 3, "hexadecimal"),
        ("kilonova-host 1\n/a\n l a\n", 3, "no target"), ("kilonova-host 1\nwhat\n", 2, "begins with"),
    ])
    func damagedArchivesNameTheLine(text: String, line: Int, words: String) {
        let fault = #expect(throws: RecordingFault.self) { try RecordedHost(Array(text.utf8)) }
        #expect(fault?.line == line)
        #expect(fault?.text.contains(words) == true)
    }

    @Test func aMissingFileIsSaid() {
        let fault = #expect(throws: RecordingFault.self) { try RecordedHost(file: "/nonexistent/a.host") }
        #expect(fault?.description == "/nonexistent/a.host is not there")
    }
}
