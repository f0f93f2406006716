import Synchronization

/// A tree of files, links and folders in memory: recorded hosts use it, and tests build and damage it.
///
/// With `onWrite` a test simulates the kernel: it receives a value written to a file and changes the tree as a kernel
/// would, such as adding virtual functions after a write to `sriov_numvfs`.
public final class MemoryTree: FileTree {
    public enum Node: Sendable, Equatable {
        case file([UInt8])
        case link(String)
        case folder
        /// Exists, but cannot be read.
        case unreadable
    }

    /// Reacts to a write: throws a reason to refuse it, or changes the tree.
    public typealias Reaction = @Sendable (_ tree: MemoryTree, _ path: String, _ text: String) -> TreeFault.Reason?

    private struct State {
        /// By path with links resolved; the root is the empty path.
        var nodes: [String: Node] = ["": .folder]
        var children: [String: Set<String>] = ["": []]
        var reaction: Reaction?
        /// Block devices that are claimed exclusively.
        var claimed: Set<String> = []
        /// Block devices, whose content is not in nodes.
        var drives: [String: (drive: PlayedDrive, namespace: UInt32)] = [:]
    }

    private let state = Mutex(State())

    public init() {}

    /// A copy with the same nodes, without a reaction to writes.
    init(copying other: MemoryTree) {
        let (nodes, children) = other.state.withLock { ($0.nodes, $0.children) }
        state.withLock { state in
            state.nodes = nodes
            state.children = children
        }
    }

    // MARK: Building

    /// Puts a node at `path`, and creates the folders above it. Replaces what was there.
    public func put(_ node: Node, at path: String) {
        state.withLock { state in
            let path = Self.tidy(path)
            var parent = path
            var child = path
            while let slash = parent.lastIndex(of: "/") {
                parent = String(parent[..<slash])
                let name = String(child[child.index(after: slash)...])
                state.children[parent, default: []].insert(name)
                if state.nodes[parent] == nil { state.nodes[parent] = .folder }
                child = parent
            }
            state.nodes[path] = node
            if case .folder = node, state.children[path] == nil { state.children[path] = [] }
        }
    }

    /// Puts a node where nothing is, or a folder where a folder is. Returns false if something else is there, or if a
    /// file is above it.
    func place(_ node: Node, at path: String) -> Bool {
        let isFree = state.withLock { state in
            let path = Self.tidy(path)
            if let there = state.nodes[path] { return there == .folder && node == .folder }
            guard let slash = path.lastIndex(of: "/") else { return false }
            var parent = path[..<slash]
            // The nearest folder above that is known decides; those above it were looked at when it came.
            while true {
                if let above = state.nodes[String(parent)] { return above == .folder }
                guard let slash = parent.lastIndex(of: "/") else { return true }
                parent = parent[..<slash]
            }
        }
        if isFree { put(node, at: path) }
        return isFree
    }

    public func file(_ path: String, _ text: String) { put(.file(Array(text.utf8)), at: path) }
    public func link(_ path: String, to target: String) { put(.link(target), at: path) }
    public func folder(_ path: String) { put(.folder, at: path) }

    /// Puts a device node at `path` with the content of a drive's namespace.
    func attach(_ drive: PlayedDrive, _ namespace: UInt32, at path: String) {
        put(.file([]), at: path)
        state.withLock { $0.drives[Self.tidy(path)] = (drive, namespace) }
    }

    /// Removes everything at `path` and below.
    public func remove(_ path: String) {
        state.withLock { state in
            let path = Self.tidy(path)
            func drop(_ path: String) {
                for child in state.children[path] ?? [] { drop("\(path)/\(child)") }
                state.children[path] = nil
                state.nodes[path] = nil
            }
            drop(path)
            if let slash = path.lastIndex(of: "/") {
                state.children[String(path[..<slash])]?.remove(String(path[path.index(after: slash)...]))
            }
        }
    }

    /// Removes and returns everything at `path` and below. If the nodes are put back in that order, the tree is as
    /// before.
    func take(_ path: String) -> [(path: String, node: Node)] {
        let place = Self.tidy(path)
        let taken = state.withLock { state in
            var found: [(path: String, node: Node)] = []
            func gather(_ path: String) {
                guard let node = state.nodes[path] else { return }
                found.append((path, node))
                for child in state.children[path] ?? [] { gather("\(path)/\(child)") }
            }
            gather(place)
            return found
        }
        remove(path)
        return taken
    }

    /// Marks a block device as used by the host, or as unused.
    public func use(_ path: String, _ isUsed: Bool = true) {
        state.withLock { state in
            if isUsed { state.claimed.insert(Self.tidy(path)) } else { state.claimed.remove(Self.tidy(path)) }
        }
    }

    public func claim(_ path: String) throws(TreeFault) -> DeviceClaim {
        guard case .found(_, let place) = resolve(path, following: true) else { throw fault(path) }
        let isFree = state.withLock { $0.claimed.insert(place).inserted }
        guard isFree else { throw TreeFault(path, .busy) }
        return DeviceClaim { [weak self] in self?.use(place, false) }
    }

    package func onWrite(_ reaction: Reaction?) {
        state.withLock { $0.reaction = reaction }
    }

    /// Every path that is not a folder with entries, in order: what a recording contains, and what a test damages.
    public var paths: [String] {
        state.withLock { state in
            state.nodes.keys.filter { !$0.isEmpty && (state.children[$0]?.isEmpty ?? true) }.sorted()
        }
    }

    public func node(at path: String) -> Node? { state.withLock { $0.nodes[Self.tidy(path)] } }

    // MARK: FileTree

    public func read(_ path: String, offset: Int, limit: Int, partial: Bool) throws(TreeFault) -> [UInt8] {
        guard case .found(let node, let place) = resolve(path, following: true) else { throw fault(path) }
        if let (drive, namespace) = state.withLock({ $0.drives[place] }) {
            guard partial else { throw TreeFault(path, .tooLarge) }
            return drive.read(namespace, offset: offset, limit: limit)
        }
        switch node {
        case .file(let bytes):
            let rest = bytes.dropFirst(offset)
            guard rest.count > limit else { return Array(rest) }
            guard partial else { throw TreeFault(path, .tooLarge) }
            return Array(rest.prefix(limit))
        case .unreadable: throw TreeFault(path, .denied)
        case .folder, .link: throw TreeFault(path, .invalid)
        }
    }

    public func target(of path: String) throws(TreeFault) -> String {
        guard case .found(let node, _) = resolve(path, following: false) else { throw fault(path) }
        guard case .link(let target) = node else { throw TreeFault(path, .invalid) }
        return target
    }

    public func names(in path: String) throws(TreeFault) -> [String] {
        guard case .found(let node, let place) = resolve(path, following: true) else { throw fault(path) }
        guard case .folder = node else { throw TreeFault(path, node == .unreadable ? .denied : .missing) }
        return state.withLock { Array($0.children[place] ?? []) }
    }

    public func write(_ bytes: [UInt8], to path: String) throws(TreeFault) {
        guard case .found(let node, let place) = resolve(path, following: true) else { throw fault(path) }
        switch node {
        case .file: break
        case .unreadable: throw TreeFault(path, .denied)
        case .folder, .link: throw TreeFault(path, .invalid)
        }
        let reaction = state.withLock { state in
            state.nodes[place] = .file(bytes)
            return state.reaction
        }
        if let reason = reaction?(self, place, String(decoding: bytes, as: UTF8.self)) {
            state.withLock { $0.nodes[place] = node }
            throw TreeFault(path, reason)
        }
    }

    public func writeMapped(_ path: String, pieces: [(place: Int, bytes: [UInt8])]) throws(TreeFault) {
        guard case .found(.file(var bytes), let place) = resolve(path, following: true) else { throw fault(path) }
        for piece in pieces {
            guard piece.place >= 0, piece.place + piece.bytes.count <= bytes.count else {
                throw TreeFault(path, .invalid)
            }
            bytes.replaceSubrange(piece.place..<piece.place + piece.bytes.count, with: piece.bytes)
        }
        state.withLock { $0.nodes[place] = .file(bytes) }
    }

    public func kind(of path: String) -> EntryKind? {
        guard case .found(let node, _) = resolve(path, following: false) else { return nil }
        switch node {
        case .file, .unreadable: return .file
        case .folder: return .folder
        case .link: return .link
        }
    }

    // MARK: Links

    private enum Resolution {
        case found(Node, String)
        case nothing
        case loop
    }

    private func fault(_ path: String) -> TreeFault {
        if case .loop = resolve(path, following: true) { return TreeFault(path, .loop) }
        return TreeFault(path, .missing)
    }

    /// Resolves `path` as a kernel does: links in the middle are followed; a link at the end only if `following`.
    private func resolve(_ path: String, following: Bool) -> Resolution {
        state.withLock { state in
            if let node = state.nodes[path] {
                if case .link = node, following {} else { return .found(node, path) }
            }
            var rest = Array(path.split(separator: "/").reversed())
            var place = ""
            var hops = 0
            while let name = rest.popLast() {
                if name == "." { continue }
                if name == ".." {
                    place = place.lastIndex(of: "/").map { String(place[..<$0]) } ?? ""
                    continue
                }
                let next = "\(place)/\(name)"
                guard let node = state.nodes[next] else { return .nothing }
                if case .link(let target) = node, following || !rest.isEmpty {
                    hops += 1
                    guard hops <= 40 else { return .loop }
                    if target.hasPrefix("/") { place = "" }
                    rest += target.split(separator: "/").reversed()
                    continue
                }
                if !rest.isEmpty {
                    guard case .folder = node else { return .nothing }
                }
                place = next
            }
            guard let node = state.nodes[place] else { return .nothing }
            return .found(node, place)
        }
    }

    private static func tidy(_ path: String) -> String {
        "/" + path.split(separator: "/").joined(separator: "/")
    }
}
