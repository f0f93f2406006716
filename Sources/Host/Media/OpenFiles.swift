/// The processes of a host that have a file open, from `/proc/*/fd`, like `lsof`. Only root sees all of them.
public enum OpenFiles {
    /// A process that has one of the files open.
    public struct Holder: Sendable, Hashable, CustomStringConvertible {
        public let process: Int
        public let name: String
        public let path: String

        public var description: String { "\(name) (process \(process)) has \(path) open" }
    }

    /// The holders in the order of processes. The call blocks; use a thread that may.
    public static func holders(of paths: Set<String>, on root: SysfsRoot) -> [Holder] {
        guard !paths.isEmpty else { return [] }
        var found: [Holder] = []
        for process in ((try? root.names(in: "/proc")) ?? []).compactMap({ Int($0) }).sorted() {
            let folder = "/proc/\(process)/fd"
            var seen: Set<String> = []
            for entry in (try? root.names(in: folder)) ?? [] {
                guard let target = try? root.target(of: "\(folder)/\(entry)"), paths.contains(target),
                    seen.insert(target).inserted
                else { continue }
                let name = (try? root.text("/proc/\(process)/comm")) ?? "a program"
                found.append(Holder(process: process, name: name, path: target))
            }
        }
        return found
    }
}
