import FoundationEssentials
import Link
import Model
import Testing

@testable import Agent

@Suite struct WorkJournalTests {
    private static let items = (1...3).map { number in
        WorkItemID(UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, UInt8(number))))
    }

    private static let entries: [(WorkItemID, WorkJournal.Entry)] = [
        (items[0], .begun(1)), (items[1], .begun(1)), (items[0], .ended(.done)), (items[1], .begun(2)),
        (items[1], .ended(.failed("it \"broke\"\nin two"))), (items[2], .begun(1)), (items[0], .forgotten),
    ]

    private static var lines: [[UInt8]] { entries.map { WorkJournal.line($0.1, for: $0.0) } }

    private static func journal(of entries: some Sequence<(WorkItemID, WorkJournal.Entry)>) -> [WorkItemID:
        WorkJournal.Record]
    {
        var journal = WorkJournal()
        for (item, entry) in entries { journal.take(entry, for: item) }
        return journal.records
    }

    @Test func readsWhatItWrote() {
        let journal = WorkJournal(reading: Self.lines.flatMap { $0 })
        #expect(journal.damagedLines == 0)
        #expect(
            journal.records == [
                Self.items[1]: .init(attempts: 2, end: .failed("it \"broke\"\nin two")),
                Self.items[2]: .init(attempts: 1, end: nil),
            ])
    }

    /// Lines of the first releases, and details of any party.
    @Test func readsWhatPartiesLeft() {
        let outcomes = [
            WorkOutcome(details: [.init("cleaning", .object([.init("methods", .array([.text("format")]))]))]),
            WorkOutcome(failure: "why", details: [.init("item", .integer(3)), .init("event", .text("begun"))]),
        ]
        for outcome in outcomes {
            let journal = WorkJournal(reading: WorkJournal.line(.ended(outcome), for: Self.items[0]))
            #expect(journal.records == [Self.items[0]: .init(attempts: 0, end: outcome)])
        }
        let text = #"{"cleaning":{"methods":["format"]},"event":"done","item":"\#(Self.items[1])"}"#
        let line = "\n" + Hexadecimal.text(Checksum.crc32(Array(text.utf8)), width: 8) + " " + text
        #expect(WorkJournal(reading: Array(line.utf8)).records[Self.items[1]]?.end == outcomes[0])
    }

    /// A crash may leave any part of the last line; what stood before it counts, and what is added after it, too.
    @Test func everyPrefixIsAJournal() {
        let bytes = Self.lines.flatMap { $0 }
        var ends: [Int] = []
        for line in Self.lines { ends.append((ends.last ?? 0) + line.count) }
        let added = WorkItemID(UUID())
        for length in 0...bytes.count {
            let whole = ends.count { $0 <= length }
            let prefix = Array(bytes.prefix(length))
            let expected = Self.journal(of: Self.entries.prefix(whole))
            #expect(WorkJournal(reading: prefix).records == expected, "\(length) bytes")
            var more = expected
            more[added] = .init(attempts: 1)
            #expect(
                WorkJournal(reading: prefix + WorkJournal.line(.begun(1), for: added)).records == more,
                "\(length) bytes")
        }
    }

    /// A byte that went bad costs its own line and no other.
    @Test func everyDamagedByteCostsOneLine() {
        let lines = Self.lines
        for (index, line) in lines.enumerated() {
            var others = Self.entries
            others.remove(at: index)
            let without = Self.journal(of: others)
            for position in line.indices.dropFirst() {
                var damaged = lines
                damaged[index][position] ^= 0x01
                // A bit of a digit of the checksum may change its case only, which says the same.
                let journal = WorkJournal(reading: damaged.flatMap { $0 })
                #expect(journal.records == without, "line \(index), byte \(position)")
                #expect(journal.damagedLines >= 1)
            }
        }
    }

    @Test func rewritingKeepsEverything() {
        var journal = WorkJournal()
        for _ in 0..<200 {
            let item = WorkItemID(UUID())
            journal.take(.begun(1), for: item)
            journal.take(.forgotten, for: item)
        }
        for (item, entry) in Self.entries { journal.take(entry, for: item) }
        #expect(journal.isWorthRewriting)
        let records = journal.records
        let bytes = journal.rewritten()
        #expect(WorkJournal(reading: bytes).records == records && !journal.isWorthRewriting)
    }

    @Test func theChecksumIsTheWellKnownOne() {
        #expect(Checksum.crc32(Array("123456789".utf8)) == 0xcbf4_3926)
    }
}
