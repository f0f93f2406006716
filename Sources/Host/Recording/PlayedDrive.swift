import Synchronization

/// An NVMe drive that is played: content that can be read and written, and the answers of the programs `nvme` and
/// `blkdiscard` for it. Drives of recorded hosts are such; tests have them lie and fail.
///
/// Binary answers have the layouts of the NVM Express base specification 2.0.
public final class PlayedDrive: Sendable {
    public static let blockSize = 4096

    /// How it takes an order to erase.
    public enum Conduct: Sendable {
        case honest
        /// Reports success and erases nothing.
        case lying
        /// Reports success and keeps this share of its blocks, from 0 to 1.
        case partial(Double)
        /// Refuses format, and lets sanitize fail.
        case failing
    }

    /// What its Identify Controller data claim.
    public struct Abilities: Sendable {
        /// Bit 0: crypto erase; 1: block erase; 2: overwrite.
        public var sanitize: UInt32
        public var formats: Bool
        public var formatErasesKey: Bool
        /// How many looks at its log a sanitize operation lasts.
        public var sanitizeLooks: Int

        /// As QEMU's model, which formats and does not sanitize.
        public init(
            sanitize: UInt32 = 0, formats: Bool = true, formatErasesKey: Bool = false, sanitizeLooks: Int = 1
        ) {
            self.sanitize = sanitize
            self.formats = formats
            self.formatErasesKey = formatErasesKey
            self.sanitizeLooks = sanitizeLooks
        }
    }

    private struct State {
        var conduct: Conduct = .honest
        var abilities = Abilities()
        /// By number; what is not here is as `background` has it.
        var blocks: [UInt64: [UInt8]] = [:]
        var background: (@Sendable (UInt64) -> [UInt8])?
        /// 0 never, 1 completed, 2 running, 3 failed.
        var sanitizeState: UInt8 = 0
        var looksLeft = 0
        var used: UInt8 = 3
        var warning: UInt8 = 0
    }

    public let serial: String
    /// Bytes.
    public let size: UInt64
    private let state = Mutex(State())

    public init(serial: String, size: UInt64) {
        self.serial = serial
        self.size = size
    }

    public func behave(_ conduct: Conduct, _ abilities: Abilities? = nil) {
        state.withLock { state in
            state.conduct = conduct
            if let abilities { state.abilities = abilities }
        }
    }

    /// Per cent of its endurance used, and the bits of its critical warning.
    public func age(used: UInt8, warning: UInt8 = 0) {
        state.withLock { ($0.used, $0.warning) = (used, warning) }
    }

    /// Has every block hold what `content` makes of its number, at once.
    public func fill(_ content: @escaping @Sendable (_ block: UInt64) -> [UInt8]) {
        state.withLock { state in
            state.blocks = [:]
            state.background = content
        }
    }

    public func write(_ bytes: [UInt8], toBlock number: UInt64) {
        state.withLock { $0.blocks[number] = Self.whole(bytes) }
    }

    public func block(_ number: UInt64) -> [UInt8] {
        state.withLock { state in
            state.blocks[number] ?? state.background.map { Self.whole($0(number)) } ?? Self.whole([])
        }
    }

    func read(offset: Int, limit: Int) -> [UInt8] {
        guard offset >= 0, UInt64(offset) < size else { return [] }
        if offset % Self.blockSize == 0, limit == Self.blockSize { return block(UInt64(offset / Self.blockSize)) }
        let end = min(Int(size), offset + limit)
        var bytes: [UInt8] = []
        var place = offset
        while place < end {
            let block = block(UInt64(place / Self.blockSize))
            let start = place % Self.blockSize
            let count = min(Self.blockSize - start, end - place)
            bytes += block[start..<start + count]
            place += count
        }
        return bytes
    }

    private static func whole(_ bytes: [UInt8]) -> [UInt8] {
        if bytes.count == blockSize { return bytes }
        if bytes.isEmpty { return [UInt8](repeating: 0, count: blockSize) }
        return Array(bytes.prefix(blockSize)) + [UInt8](repeating: 0, count: max(0, blockSize - bytes.count))
    }

    // MARK: Its tools

    /// The answer of `nvme` for this drive.
    func answer(_ arguments: [String]) -> CommandResult {
        func option(_ name: String) -> Int? {
            arguments.first { $0.hasPrefix("--\(name)=") }.flatMap { Int($0.dropFirst(name.count + 3)) }
        }
        switch arguments.first {
        case "id-ctrl": return CommandResult(output: identity)
        case "id-ns": return CommandResult(output: [UInt8](repeating: 0, count: 4096))
        case "smart-log": return CommandResult(output: health)
        case "sanitize-log": return sanitizeLog()
        case "sanitize": return sanitize(option("sanact") ?? 0)
        case "format": return format(option("ses") ?? 0)
        default: return CommandResult(status: 1, "", errors: "ERROR: Invalid sub-command")
        }
    }

    func zero() -> CommandResult {
        erase()
        return CommandResult()
    }

    private func erase() {
        state.withLock { state in
            switch state.conduct {
            case .lying, .failing: return
            case .honest:
                state.blocks = [:]
                state.background = nil
            case .partial(let share):
                @Sendable func keeps(_ block: UInt64) -> Bool {
                    Double((block &* 0x9e37_79b9_7f4a_7c15) >> 11) / Double(UInt64(1) << 53) < share
                }
                state.blocks = state.blocks.filter { keeps($0.key) }
                if let background = state.background {
                    state.background = { keeps($0) ? background($0) : [] }
                }
            }
        }
    }

    private static let unsupported = CommandResult(
        status: 1, "",
        errors: "NVMe status: Invalid Command Opcode: A reserved coded value or an unsupported value in the command "
            + "opcode field(0x4001)")

    private func format(_ kind: Int) -> CommandResult {
        let (abilities, fails) = state.withLock { state in
            let fails = if case .failing = state.conduct { true } else { false }
            return (state.abilities, fails)
        }
        guard abilities.formats, kind < 2 || abilities.formatErasesKey else { return Self.unsupported }
        guard !fails else { return CommandResult(status: 1, "", errors: "NVMe status: Format in progress(0x4184)") }
        erase()
        return CommandResult("Success formatting namespace:1")
    }

    private func sanitize(_ action: Int) -> CommandResult {
        let isTaken = state.withLock { state in
            let bits: [Int: UInt32] = [2: 2, 3: 4, 4: 1]
            if action == 1 {
                state.sanitizeState = 0
                return true
            }
            guard let bit = bits[action], state.abilities.sanitize & bit != 0 else { return false }
            state.sanitizeState = 2
            state.looksLeft = state.abilities.sanitizeLooks
            return true
        }
        return isTaken ? CommandResult() : Self.unsupported
    }

    private func sanitizeLog() -> CommandResult {
        let isDone = state.withLock { state in
            guard state.sanitizeState == 2 else { return false }
            state.looksLeft -= 1
            return state.looksLeft <= 0
        }
        if isDone {
            erase()
            state.withLock { state in
                if case .failing = state.conduct { state.sanitizeState = 3 } else { state.sanitizeState = 1 }
            }
        }
        let (abilities, now) = state.withLock { ($0.abilities, $0.sanitizeState) }
        guard abilities.sanitize != 0 else { return Self.unsupported }
        var page = [UInt8](repeating: 0, count: 512)
        page[0] = now == 2 ? 0x40 : 0xff
        page[1] = page[0]
        page[2] = now
        return CommandResult(output: page)
    }

    private var identity: [UInt8] {
        let abilities = state.withLock { $0.abilities }
        var page = [UInt8](repeating: 0, count: 4096)
        page.replaceSubrange(4..<24, with: Array((serial + String(repeating: " ", count: 20)).utf8.prefix(20)))
        page[256] = abilities.formats ? 2 : 0
        page[328] = UInt8(abilities.sanitize & 0xff)
        page[524] = abilities.formatErasesKey ? 4 : 0
        return page
    }

    private var health: [UInt8] {
        var page = [UInt8](repeating: 0, count: 512)
        (page[0], page[5]) = state.withLock { ($0.warning, $0.used) }
        (page[1], page[2]) = (0x2d, 0x01)
        (page[3], page[4]) = (100, 10)
        return page
    }
}
