public import Model

/// A host as it was when it was recorded, for demonstrations and tests.
public struct RecordedHost: Sendable {
    /// The recorder's remark.
    public let note: String
    /// The host's tree. Changes last as long as this value; the archive does not change. Writes have the effects that
    /// they have on the host's kernel: functions reset and change drivers, virtual functions and mediated devices
    /// appear and disappear.
    public let tree: MemoryTree
    private let pristine: MemoryTree

    /// Its NVMe drives, by serial number.
    public let drives: [String: PlayedDrive]
    /// Its programs: `nvme` and `blkdiscard`, for its drives. Other programs are not installed.
    public let commands: PlayedCommands

    public var root: SysfsRoot { SysfsRoot(tree) }

    public var hostName: HostName { HostName((try? root.text("/proc/sys/kernel/hostname")) ?? "recorded") }

    /// Reads an archive. The error names the line that is wrong. Content that no recorder writes (`..`, an entry twice,
    /// a file with entries, a path without end) is refused, because archives come from anyone.
    public init(_ archive: [UInt8]) throws(RecordingFault) {
        let tree = MemoryTree()
        var note: [String] = []
        var folder: String?
        var number = 0
        var entries = 0
        guard archive.count <= RecordingLimits.archive else {
            throw RecordingFault(line: 0, text: "an archive has at most \(RecordingLimits.archive >> 20) MiB")
        }
        for line in archive.split(separator: 10, omittingEmptySubsequences: false) {
            number += 1
            func fault(_ text: String) -> RecordingFault { RecordingFault(line: number, text: text) }
            if number == 1 {
                guard line.elementsEqual(RecordingFormat.heading.utf8) else {
                    throw fault("a recorded host begins with '\(RecordingFormat.heading)'")
                }
                continue
            }
            guard let first = line.first else { continue }
            entries += 1
            guard entries <= RecordingLimits.entries else {
                throw fault("an archive has at most \(RecordingLimits.entries) entries")
            }
            switch first {
            case UInt8(ascii: "#"):
                note.append(String(decoding: line.dropFirst().drop { $0 == 32 }, as: UTF8.self))
            case UInt8(ascii: "/"):
                guard let path = RecordingFormat.unescaped(line) else { throw fault("the folder's name is damaged") }
                if let text = RecordingLimits.objection(toFolder: path) { throw fault(text) }
                let text = String(decoding: path, as: UTF8.self)
                guard tree.place(.folder, at: text) else { throw fault("the folder lies below a file or is one") }
                folder = text
            case UInt8(ascii: " "):
                guard let folder else { throw fault("an entry stands before the first folder") }
                guard line.count > 3, line[line.startIndex + 2] == 32 else { throw fault("the entry is cut short") }
                let fields = line.dropFirst(3).split(separator: 9, maxSplits: 1, omittingEmptySubsequences: false)
                guard let name = RecordingFormat.unescaped(fields[0]) else { throw fault("the name is damaged") }
                if let text = RecordingLimits.objection(toName: name) { throw fault(text) }
                let content = fields.count > 1 ? fields[1] : []
                let node: MemoryTree.Node
                switch line[line.startIndex + 1] {
                case UInt8(ascii: "f"):
                    guard let bytes = RecordingFormat.unescaped(content) else { throw fault("the text is damaged") }
                    node = .file(bytes)
                case UInt8(ascii: "b"):
                    guard let bytes = RecordingFormat.bytes(hexadecimal: content) else {
                        throw fault("the bytes are not in hexadecimal")
                    }
                    node = .file(bytes)
                case UInt8(ascii: "l"):
                    guard let bytes = RecordingFormat.unescaped(content), !bytes.isEmpty else {
                        throw fault("the link has no target")
                    }
                    node = .link(String(decoding: bytes, as: UTF8.self))
                case UInt8(ascii: "x"): node = .unreadable
                default: throw fault("an entry is one of f, b, l and x")
                }
                if case .file(let bytes) = node, bytes.count > RecordingLimits.file {
                    throw fault("a file holds at most \(RecordingLimits.file >> 20) MiB")
                }
                if case .link(let target) = node, target.utf8.count > RecordingLimits.path {
                    throw fault("a link's target is longer than \(RecordingLimits.path) bytes")
                }
                guard tree.place(node, at: "\(folder)/\(String(decoding: name, as: UTF8.self))") else {
                    throw fault("the entry stands there twice")
                }
            default: throw fault("a line begins with '/', ' ' or '#'")
            }
        }
        guard number > 1 else {
            throw RecordingFault(line: 1, text: "a recorded host begins with '\(RecordingFormat.heading)'")
        }
        self.init(playing: tree, note: note.joined(separator: "\n"))
    }

    private init(playing tree: MemoryTree, note: String) {
        self.note = note
        // What it is before its kernel's write-only files are laid out, so that a copy is like it.
        pristine = MemoryTree(copying: tree)
        self.tree = tree
        _ = PlayedKernel(in: tree)
        let played = PlayedDrives(in: tree)
        drives = played.drives
        commands = played.commands(in: tree)
    }

    /// A new copy of the host as it was recorded, without reading the archive again.
    public func again() -> RecordedHost { RecordedHost(playing: MemoryTree(copying: pristine), note: note) }

    /// Reads an archive file. At most 64 MiB.
    public init(file path: String) throws(RecordingFault) {
        let bytes: [UInt8]
        do {
            bytes = try SysfsRoot(path: "/").bytes(path, limit: RecordingLimits.archive)
        } catch {
            throw RecordingFault(line: 0, text: error.description)
        }
        try self.init(bytes)
    }
}

/// What is wrong with an archive.
public struct RecordingFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// From 1; 0 for the file as a whole.
    public let line: Int
    public let text: String

    public var description: String { line == 0 ? text : "line \(line): \(text)" }
}
