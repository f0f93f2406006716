import Drivers
import Foundation
import Host
import Model

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Measures discovery on a large host, and checks that no damage to its tree makes discovery crash.
///
///     BenchmarkDiscovery ARCHIVE [FOLDER]     time of a full and of an unchanged pass of the tree in memory; with FOLDER, which is
///                                             made or empty, of the tree laid out there and read through the kernel
///     BenchmarkDiscovery ARCHIVE --damage N   N damaged trees, from a seed that is printed
let usage = "usage: BenchmarkDiscovery ARCHIVE [FOLDER | --damage N [SEED]]"

/// Safe: the call fills a variable of this function.
func processorTime() -> Double {
    var usage = rusage()
    _ = unsafe getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

func drivers(_ recorded: RecordedHost) throws -> [any Driver] {
    let all = try DeviceSpec.list(json: "{}")
    let options = DriverOptions(
        root: recorded.root, deviceSpecs: all, nvme: NVMeOptions(deviceSpecs: all),
        mdev: MdevOptions(specs: [MdevSpec()]),
        commands: recorded.commands)
    return try DriverRegistry.standard.drivers(
        named: DriverRegistry.standard.entries.map(\.name), options: options
    ).drivers
}

func discover(_ snapshot: HostSnapshot, _ drivers: [any Driver]) -> Int {
    let pass = DiscoveryPass(snapshot: snapshot, host: "h")
    return drivers.reduce(0) { $0 + ((try? $1.discover(pass).devices.count) ?? 0) }
}

func time(_ recorded: RecordedHost, _ root: SysfsRoot, rounds: Int = 50) throws {
    let drivers = try drivers(recorded)
    var devices = 0
    _ = discover(HostSnapshot(root), drivers)
    var begun = processorTime()
    for _ in 0..<rounds { devices = discover(HostSnapshot(root), drivers) }
    let full = (processorTime() - begun) / Double(rounds) * 1000
    var watch = HostWatch(root, fullPassEvery: .max)
    _ = watch.look()
    begun = processorTime()
    var same = 0
    for _ in 0..<rounds where watch.look().isSame { same += 1 }
    let unchanged = (processorTime() - begun) / Double(rounds) * 1000
    guard !HostSnapshot(root).functions.isEmpty else {
        print("the tree contains no PCI function: nothing was measured")
        exit(1)
    }
    print("functions \(HostSnapshot(root).functions.count), devices \(devices), drivers \(drivers.count)")
    print("full pass: \(full) ms of processor time; bar 20")
    print("unchanged pass: \(unchanged) ms, \(same) of \(rounds) reused; bar 5")
}

/// Makes files, links and folders of the tree. A folder that holds something else already would be measured in its place.
func lay(_ recorded: RecordedHost, in folder: String) throws {
    let files = FileManager.default
    if files.fileExists(atPath: folder), try !files.contentsOfDirectory(atPath: folder).isEmpty {
        print("\(folder) is not empty: name an empty folder, or one that does not exist yet")
        exit(2)
    }
    for path in recorded.tree.paths {
        let place = folder + "/" + path
        let node = recorded.tree.node(at: path)
        let above = node == .folder ? place : String(place[..<(place.lastIndex(of: "/") ?? place.endIndex)])
        try files.createDirectory(atPath: above, withIntermediateDirectories: true)
        switch node {
        case .file(let bytes): _ = files.createFile(atPath: place, contents: Data(bytes))
        case .link(let target): try files.createSymbolicLink(atPath: place, withDestinationPath: target)
        case .folder, .unreadable, nil: break
        }
    }
}

/// Every function whose folder was left alone must come out as before.
func damage(_ recorded: RecordedHost, _ count: Int, _ seed: UInt64) throws {
    print("seed \(seed)")
    var numbers = SplitMix64(seed: seed)
    let whole = HostSnapshot(recorded.root)
    let paths = recorded.tree.paths.filter { !$0.hasPrefix("/sys/bus/pci/drivers") }
    var lost = 0
    var longest = Duration.zero
    let clock = ContinuousClock()
    for round in 0..<count {
        let host = recorded.again()
        var hurt: Set<String> = []
        for _ in 0..<Int.random(in: 1...80, using: &numbers) {
            guard let path = paths.randomElement(using: &numbers) else { break }
            hurt.insert(path)
            switch Int.random(in: 0..<7, using: &numbers) {
            case 0: host.tree.remove(path)
            case 1: host.tree.file(path, "")
            case 2: host.tree.put(.file((0..<200).map { _ in .random(in: 0...255, using: &numbers) }), at: path)
            case 3: host.tree.put(.unreadable, at: path)
            case 4: host.tree.link(path, to: "../nowhere")
            case 5: host.tree.link(path, to: String(path.split(separator: "/").last ?? ""))
            default: host.tree.file(path, String(repeating: "9", count: 70_000))
            }
        }
        let drivers = try drivers(host)
        var after = whole
        let spent = clock.measure {
            after = HostSnapshot(host.root)
            _ = discover(after, drivers)
        }
        longest = max(longest, spent)
        for function in whole.functions where after.function(at: function.address) != function {
            let isHurt = hurt.contains { $0.hasPrefix(function.path + "/") || $0.hasSuffix("/\(function.address)") }
            if !isHurt {
                lost += 1
                print("round \(round): \(function.address) is not what it was")
            }
        }
    }
    print("\(count) damaged trees: no crash; longest pass \(longest); undamaged functions lost: \(lost)")
    if lost > 0 { exit(1) }
}

var words = CommandLine.arguments.dropFirst()
guard let archive = words.popFirst() else {
    print(usage)
    exit(2)
}
do {
    let recorded = try RecordedHost(file: archive)
    recorded.tree.file("/sys/kernel/uevent_seqnum", "1\n")
    if words.first == "--damage" {
        let list = Array(words)
        try damage(
            recorded, list.count > 1 ? Int(list[1]) ?? 10_000 : 10_000,
            list.count > 2 ? UInt64(list[2]) ?? 1 : .random(in: .min ... .max))
    } else {
        if let folder = words.first { try lay(recorded, in: folder) }
        try time(recorded, words.first.map { SysfsRoot(path: $0) } ?? recorded.root)
    }
} catch {
    print("\(error)")
    exit(1)
}
