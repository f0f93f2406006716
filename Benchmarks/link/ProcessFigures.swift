import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What this process has used so far.
struct ProcessFigures {
    /// kB, of 1024 bytes.
    let resident: Int
    /// Of all threads, in user and system mode.
    let seconds: Double

    static func now() -> ProcessFigures {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
        return ProcessFigures(
            resident: Int(line.filter(\.isNumber)) ?? 0,
            seconds: Double(clock()) / Double(CLOCKS_PER_SEC))
    }
}
