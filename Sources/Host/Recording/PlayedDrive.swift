import Synchronization

/// A simulated NVMe drive: namespaces whose content can be read and written, and the output of `nvme` and `blkdiscard`
/// for it. Recorded hosts have such drives; tests make them lie and fail.
public final class PlayedDrive: Sendable {
    public static let blockSize = 4096

    /// How the drive handles an erase command.
    public enum Conduct: Sendable {
        case honest
        /// Reports success and erases nothing.
        case lying
        /// Reports success and keeps this share of its blocks, from 0 to 1.
        case partial(Double)
        /// Refuses format, and sanitize fails.
        case failing
    }

    /// The capabilities in its Identify Controller data.
    public struct Abilities: Sendable {
        /// Bit 0: crypto erase; 1: block erase; 2: overwrite.
        public var sanitize: UInt32
        public var formats: Bool
        public var formatErasesKey: Bool
        /// How often the log must be read until a sanitize operation ends.
        package var sanitizeLooks: Int
        /// Whether namespaces can be created, deleted, attached and detached.
        public var managesNamespaces: Bool

        /// The defaults are those of QEMU's model, which supports format but not sanitize.
        public init(
            sanitize: UInt32 = 0, formats: Bool = true, formatErasesKey: Bool = false, sanitizeLooks: Int = 1,
            managesNamespaces: Bool = false
        ) {
            self.sanitize = sanitize
            self.formats = formats
            self.formatErasesKey = formatErasesKey
            self.sanitizeLooks = sanitizeLooks
            self.managesNamespaces = managesNamespaces
        }
    }

    struct State {
        var conduct: Conduct = .honest
        var abilities = Abilities()
        /// In the order of their numbers.
        var namespaces: [PlayedNamespace] = []
        /// Bytes that belong to no namespace.
        var unallocated: UInt64 = 0
        /// 0 never, 1 completed, 2 running, 3 failed.
        var sanitizeState: UInt8 = 0
        var looksLeft = 0
        var used: UInt8 = 3
        var warning: UInt8 = 0
    }

    public let serial: String
    /// The numbers of its controllers.
    let controllers: [Int]
    /// Whether a namespace may be attached to several controllers.
    var isShared: Bool { controllers.count > 1 }
    let state: Mutex<State>

    init(serial: String, controllers: [Int], namespaces: [PlayedNamespace]) {
        self.serial = serial
        self.controllers = controllers
        var state = State()
        state.namespaces = namespaces.sorted { $0.number < $1.number }
        self.state = Mutex(state)
    }

    public convenience init(serial: String, size: UInt64) {
        self.init(
            serial: serial, controllers: [0], namespaces: [PlayedNamespace(number: 1, size: size, controllers: [0])])
    }

    package func behave(_ conduct: Conduct, _ abilities: Abilities? = nil) {
        state.withLock { state in
            state.conduct = conduct
            if let abilities { state.abilities = abilities }
        }
    }

    /// Sets the percentage of its endurance that is used, and the bits of its critical warning.
    public func age(used: UInt8, warning: UInt8 = 0) {
        state.withLock { ($0.used, $0.warning) = (used, warning) }
    }

    // MARK: Content

    /// Size of its first namespace in bytes.
    public var size: UInt64 { state.withLock { $0.namespaces.first?.size ?? 0 } }

    /// The numbers of its namespaces.
    public var namespaces: [UInt32] { state.withLock { $0.namespaces.map(\.number) } }

    /// Fills every block of every namespace with the result of `content` for its number, in one step.
    public func fill(_ content: @escaping @Sendable (_ block: UInt64) -> [UInt8]) {
        state.withLock { state in
            for index in state.namespaces.indices { state.namespaces[index].fill(content) }
        }
    }

    /// Writes one block of a namespace; of the first one if no number is given.
    public func write(_ bytes: [UInt8], toBlock block: UInt64, of number: UInt32? = nil) {
        state.withLock { state in
            guard let index = state.index(of: number) else { return }
            state.namespaces[index].blocks[block] = PlayedNamespace.whole(bytes)
        }
    }

    public func block(_ block: UInt64, of number: UInt32? = nil) -> [UInt8] {
        state.withLock { state in
            state.index(of: number).map { state.namespaces[$0].block(block) } ?? PlayedNamespace.whole([])
        }
    }

    func read(_ number: UInt32, offset: Int, limit: Int) -> [UInt8] {
        state.withLock { state in
            state.index(of: number).map { state.namespaces[$0].read(offset: offset, limit: limit) } ?? []
        }
    }

    // MARK: What a tenant does

    /// Attaches a namespace to these controllers only.
    public func attach(_ number: UInt32, to controllers: [Int]) {
        state.withLock { state in
            guard let index = state.index(of: number) else { return }
            state.namespaces[index].controllers = Set(controllers)
        }
    }

    /// Removes a namespace; its blocks become unallocated.
    public func delete(_ number: UInt32) {
        state.withLock { $0.delete(number) }
    }

    /// Gives a namespace a block format with metadata, which the kernel does not show.
    package func hideBlocks(of number: UInt32) {
        state.withLock { state in
            guard let index = state.index(of: number) else { return }
            state.namespaces[index].format = 1
        }
    }
}

extension PlayedDrive.State {
    /// The index of the namespace; of the first one if no number is given.
    func index(of number: UInt32?) -> Int? {
        guard let number else { return namespaces.isEmpty ? nil : 0 }
        return namespaces.firstIndex { $0.number == number }
    }

    mutating func delete(_ number: UInt32) {
        guard let index = index(of: number) else { return }
        unallocated += namespaces.remove(at: index).size
    }

    mutating func erase(_ number: UInt32?) {
        for index in namespaces.indices where number == nil || namespaces[index].number == number {
            namespaces[index].erase(conduct)
        }
    }
}
