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
///     lab-suite [RECORDING]      checks, and records the host into a new file
let report = Report()
let suite = Suite(root: SysfsRoot(), report: report)
await suite.run()
if CommandLine.arguments.count > 1 {
    do {
        let size = try HostRecorder.record(
            root: SysfsRoot(), note: "Recorded by lab-suite.", to: CommandLine.arguments[1])
        report.note("recorded \(size) bytes")
    } catch {
        report.check("the host is recorded", false, error.description)
    }
}
report.end()
exit(report.failures == 0 ? 0 : 1)
