import Drivers
import Host
import Model

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The life of devices under a real kernel: run as root in the laboratory's guest, after `lab/guest-setup`.
///
///     lab-suite [--cycles N] [--record FILE]      the drivers' checks; each erasing one N times
///     lab-suite --adversary [--cycles N] [--lies N]   canaries and lying drives
///     lab-suite --clean-once ACTION [LAYER]           one cleaning, for whoever kills it
///     lab-suite --clean-card ADDRESS                  the same of a card
///     lab-suite --look [--nodes N] [--memory]     only looks at a host of so many nodes, or with memory on the bus
let report = Report()
let words = Array(CommandLine.arguments.dropFirst())

func value(of option: String) -> String? {
    words.firstIndex(of: option).flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil }
}

let suite = Suite(
    root: SysfsRoot(), report: report, cycles: value(of: "--cycles").flatMap { Int($0) } ?? 3,
    nodes: value(of: "--nodes").flatMap { Int($0) } ?? 2)
if let place = words.firstIndex(of: "--clean-once") {
    let action = words.dropFirst(place + 1).first.flatMap { NVMeOptions.ClearAction(rawValue: $0) } ?? .auto
    let cleaned = try? await Adversary.cleanOnce(suite, action, layer: words.dropFirst(place + 2).first)
    exit(cleaned == nil ? 1 : 0)
}
if let address = value(of: "--clean-card").flatMap({ PCIAddress($0) }) {
    let cleaned = try? await Adversary.cleanCard(suite, address)
    exit(cleaned == nil ? 1 : 0)
}
if words.contains("--adversary") {
    await Adversary(
        suite: suite, cycles: suite.cycles, lies: value(of: "--lies").flatMap { Int($0) } ?? 50
    ).run()
} else if words.contains("--look") {
    await suite.look(memory: words.contains("--memory"))
} else {
    await suite.run()
}
if let file = value(of: "--record") {
    do {
        let size = try HostRecorder.record(root: SysfsRoot(), note: "Recorded by lab-suite.", to: file)
        report.note("recorded \(size) bytes")
    } catch {
        report.check("the host is recorded", false, error.description)
    }
}
report.end()
exit(report.failures == 0 ? 0 : 1)
