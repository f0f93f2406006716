/// Limits of an archive. A recorded host comes from anyone, so reading it must cost no more than its length.
enum RecordingLimits {
    /// Bytes of the whole archive.
    static let archive = 64 << 20
    /// Bytes of one file's content.
    static let file = 1 << 20
    /// Bytes of a path and of a link's target: the kernel's `PATH_MAX`.
    static let path = 4096
    /// Bytes of one name: the kernel's `NAME_MAX`.
    static let name = 255
    /// Folders above an entry.
    static let depth = 40
    /// Files, links and folders together.
    static let entries = 500_000

    /// What is wrong with a folder's path; nil if nothing is.
    static func objection(toFolder path: [UInt8]) -> String? {
        guard path.count <= Self.path else { return "the folder's name is longer than \(Self.path) bytes" }
        let parts = path.split(separator: 47, omittingEmptySubsequences: false).dropFirst()
        guard parts.count <= depth else { return "the folder lies below more than \(depth) others" }
        for part in parts {
            if let text = objection(toName: Array(part)) { return text }
        }
        return nil
    }

    static func objection(toName name: [UInt8]) -> String? {
        if name.isEmpty { return "the entry has no name" }
        if name == [46] || name == [46, 46] { return "a name is '.' or '..'" }
        if name.contains(47) || name.contains(0) { return "a name holds a slash or a zero byte" }
        if name.count > Self.name { return "a name is longer than \(Self.name) bytes" }
        if String(validating: name, as: UTF8.self) == nil { return "a name is not UTF-8" }
        return nil
    }
}
