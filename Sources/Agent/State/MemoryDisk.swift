import Synchronization

/// Files in memory, for hosts with the lifetime of the process.
final class MemoryDisk: StateDisk {
    private let files: Mutex<[String: [UInt8]]>

    init(_ files: [String: [UInt8]] = [:]) {
        self.files = Mutex(files)
    }

    /// Everything on it.
    var contents: [String: [UInt8]] { files.withLock { $0 } }

    func read(_ name: String) -> [UInt8]? { files.withLock { $0[name] } }
    func replace(_ name: String, with bytes: [UInt8]) { files.withLock { $0[name] = bytes } }
    func append(_ bytes: [UInt8], to name: String) { files.withLock { $0[name, default: []] += bytes } }
}
