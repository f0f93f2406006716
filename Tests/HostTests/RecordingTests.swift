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
        ("kilonova-host 1\n/a\n l a\n", 3, "no target"), ("kilonova-host 1\n/a/../b\n", 2, "'..'"),
        ("kilonova-host 1\n/a//b\n", 2, "no name"), ("kilonova-host 1\n/a\n f ..\tx\n", 3, "'..'"),
        ("kilonova-host 1\n/a\n f b/c\tx\n", 3, "slash"), ("kilonova-host 1\n/a\n f b\\x00\tx\n", 3, "zero"),
        ("kilonova-host 1\n/a\n f \\xff\tx\n", 3, "UTF-8"), ("kilonova-host 1\n/a\n f b\tx\n f b\ty\n", 4, "twice"),
        ("kilonova-host 1\n/a/b\n/\n", 3, "no name"), ("kilonova-host 1\n/a\n f b\tx\n/a/b/c\n", 4, "below a file"),
        ("kilonova-host 1\n/a/b\n/a\n f b\tx\n", 4, "twice"), ("kilonova-host 1\nwhat\n", 2, "begins with"),
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

    /// What would make a reader take memory or time beyond the archive's own length.
    @Test func hostileArchivesAreRefused() {
        func fault(_ body: String) -> String? {
            #expect(throws: RecordingFault.self) { try RecordedHost(Array("kilonova-host 1\n\(body)".utf8)) }?.text
        }
        #expect(fault(String(repeating: "/a", count: 2000) + "\n")?.contains("more than 40") == true)
        #expect(fault(String(repeating: "/a", count: 200_000) + "\n")?.contains("longer than") == true)
        #expect(fault("/a\n f \(String(repeating: "n", count: 256))\tx\n")?.contains("longer than 255") == true)
        #expect(fault("/a\n l b\t\(String(repeating: "x/", count: 3000))\n")?.contains("longer than 4096") == true)
        #expect(
            fault("/a\n f b\t\(String(repeating: "x", count: 1_048_577))\n")?.contains("at most 1 MiB") == true)
    }

    /// Whatever is done to an archive, reading it ends in a host or in a fault, and the host can be looked at.
    @Test func anyDamageToAnArchive() throws {
        let seed = UInt64.random(in: .min ... .max)
        var numbers = SplitMix64(seed: seed)
        let whole = Array(HostRecorder.record(root: try fixture("vgpu").root).prefix(60_000))
        for _ in 0..<60 {
            var archive = whole
            for _ in 0..<Int.random(in: 1...20, using: &numbers) {
                let place = Int.random(in: 20..<archive.count, using: &numbers)
                switch Int.random(in: 0..<4, using: &numbers) {
                case 0: archive[place] = .random(in: 0...255, using: &numbers)
                case 1: archive[place] = Array("\n\t /\\flbx".utf8).randomElement(using: &numbers) ?? 10
                case 2: archive.removeSubrange(place..<min(archive.count, place + 50))
                default: archive.insert(contentsOf: archive[place..<min(archive.count, place + 400)], at: place)
                }
            }
            if let recorded = try? RecordedHost(archive) {
                let host = HostSnapshot(recorded.root)
                _ = Fencing(host)
                _ = HostRecorder.record(root: recorded.root)
            }
        }
    }

    /// A recording holds serial numbers: only its owner may read it, and nothing that is there is written over.
    @Test func aRecordingIsItsOwnersAlone() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let count = try HostRecorder.record(root: try fixture("vgpu").root, note: "n", to: path)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect((attributes[.posixPermissions] as? Int) == 0o600 && (attributes[.size] as? Int) == count)
        #expect(HostSnapshot(try RecordedHost(file: path).root) == HostSnapshot(try fixture("vgpu").root))
        let fault = #expect(throws: RecordingFault.self) {
            try HostRecorder.record(root: SysfsRoot(MemoryTree()), to: path)
        }
        #expect(fault?.text.contains("already") == true)
    }
}
