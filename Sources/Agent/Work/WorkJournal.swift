import FoundationEssentials
import Link
import Model

/// What was begun and what ended, as lines that are only ever added.
///
///     begun(1) ──▶ ended ──▶ forgotten
///        └─ crash ─▶ begun(2) …
///
/// Each line carries its own checksum and begins with a line break, so that a line which a crash cut short spoils neither
/// those before it nor the next one. A lost end only means that the item, which is idempotent, is done once more.
struct WorkJournal: Sendable, Equatable {
    enum Entry: Sendable, Equatable {
        /// Started, this often so far.
        case begun(Int)
        case ended(WorkOutcome)
        case forgotten
    }

    struct Record: Sendable, Equatable {
        var attempts = 0
        var end: WorkOutcome?
    }

    private(set) var records: [WorkItemID: Record] = [:]
    private(set) var damagedLines = 0
    private var lines = 0

    init(reading bytes: [UInt8] = []) {
        for line in bytes.split(separator: 10) {
            guard let (item, entry) = Self.parse(line) else {
                damagedLines += 1
                continue
            }
            take(entry, for: item)
        }
    }

    mutating func take(_ entry: Entry, for item: WorkItemID) {
        lines += 1
        switch entry {
        case .begun(let attempts): records[item, default: Record()].attempts = attempts
        case .ended(let end): records[item, default: Record()].end = end
        case .forgotten: records[item] = nil
        }
    }

    /// Whether most of the lines are obsolete.
    var isWorthRewriting: Bool { lines > 256 && lines > 8 * records.count }

    /// The same content in as few lines as possible.
    mutating func rewritten() -> [UInt8] {
        var bytes: [UInt8] = []
        lines = 0
        for (item, record) in records.sorted(by: { $0.key < $1.key }) {
            bytes += Self.line(.begun(record.attempts), for: item)
            lines += 1
            guard let end = record.end else { continue }
            bytes += Self.line(.ended(end), for: item)
            lines += 1
        }
        return bytes
    }

    // MARK: Lines

    private struct Line: Codable {
        var item: WorkItemID
        var event: String
        var attempts: Int?
        var reason: String?
        /// The details of the party `devices`, where the first releases keep them.
        var cleaning: JSONValue?
        var programming: JSONValue?
        /// Those of other parties.
        var details: [String: JSONValue]?
    }

    /// `\n`, eight digits of CRC-32, a space, JSON.
    static func line(_ entry: Entry, for item: WorkItemID) -> [UInt8] {
        var line = Line(item: item, event: "forgotten")
        switch entry {
        case .begun(let attempts): (line.event, line.attempts) = ("begun", attempts)
        case .ended(let outcome):
            line.event = outcome.failure == nil ? "done" : "failed"
            line.reason = outcome.failure
            for member in outcome.members {
                switch member.name {
                case "cleaning": line.cleaning = member.value
                case "programming": line.programming = member.value
                default: line.details = (line.details ?? [:]).merging([member.name: member.value]) { $1 }
                }
            }
        case .forgotten: break
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        // Encoding texts and numbers cannot fail; an empty line would be passed over as damaged.
        let body = Array((try? encoder.encode(line)) ?? Data())
        return [10] + Array(Hexadecimal.text(Checksum.crc32(body), width: 8).utf8) + [32] + body
    }

    private static func parse(_ text: ArraySlice<UInt8>) -> (WorkItemID, Entry)? {
        guard text.count > 9, text[text.startIndex + 8] == 32 else { return nil }
        let body = Array(text.dropFirst(9))
        guard let sum = UInt32(String(decoding: text.prefix(8), as: UTF8.self), radix: 16), sum == Checksum.crc32(body),
            let line = try? JSONDecoder().decode(Line.self, from: Data(body))
        else { return nil }
        switch line.event {
        case "begun": return (line.item, .begun(line.attempts ?? 1))
        case "done": return (line.item, .ended(WorkOutcome(details: details(of: line))))
        case "failed":
            let reason = line.reason ?? "no reason was kept"
            return (line.item, .ended(WorkOutcome(failure: reason, details: details(of: line))))
        case "forgotten": return (line.item, .forgotten)
        default: return nil
        }
    }

    private static func details(of line: Line) -> [JSONValue.Member] {
        var members = (line.details ?? [:]).map { JSONValue.Member($0.key, $0.value) }
        if let cleaning = line.cleaning { members.append(.init("cleaning", cleaning)) }
        if let programming = line.programming { members.append(.init("programming", programming)) }
        return members
    }
}

/// CRC-32 with the polynomial of IEEE 802.3, one bit at a time, because lines are short and few.
enum Checksum {
    static func crc32(_ bytes: [UInt8]) -> UInt32 {
        var sum: UInt32 = 0xffff_ffff
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xedb8_8320 : sum >> 1 }
        }
        return ~sum
    }
}
