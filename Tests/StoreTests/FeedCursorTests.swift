import Model
import Testing

@testable import Store

@Suite struct FeedCursorTests {
    func entries(_ numbers: Int64...) -> [ChangeLog.Entry] {
        numbers.map { ChangeLog.Entry(sequence: $0, kind: "a", key: "\($0)", generation: 0) }
    }

    func at(_ seconds: Int64) -> Timestamp { Timestamp(microseconds: seconds * 1_000_000) }

    @Test func `a missing number is looked for until it appears`() {
        var cursor = FeedCursor(tail: entries(10), above: 9, at: at(0), keepsGaps: true)
        cursor.advance(over: entries(11, 14), at: at(1))
        #expect(cursor.position == 14)
        #expect(cursor.stretches() == [12...13])
        #expect(!cursor.hasSeen(13))
        #expect(cursor.fill(with: entries(13)).map(\.sequence) == [13])
        #expect(cursor.stretches() == [12...12])
        #expect(cursor.fill(with: entries(13)).isEmpty)
        #expect(cursor.fill(with: entries(12)).map(\.sequence) == [12])
        #expect(cursor.openGaps == 0)
        #expect(cursor.hasSeen(12))
    }

    @Test func `a number missing for too long was rolled back`() {
        var cursor = FeedCursor(tail: [], above: 0, at: at(0), keepsGaps: true)
        cursor.advance(over: entries(2), at: at(5))
        cursor.advance(over: entries(4), at: at(50))
        cursor.forget(before: at(6))
        #expect(cursor.stretches() == [3...3])
    }

    @Test func `gaps close to each other are read in one stretch`() {
        var cursor = FeedCursor(tail: [], above: 0, at: at(0), keepsGaps: true)
        cursor.advance(over: entries(2, 4, 6, 2000), at: at(1))
        #expect(cursor.stretches() == [1...5, 7...1999])
        #expect(cursor.fill(with: entries(2, 3)).map(\.sequence) == [3])
    }

    @Test func `what was open when the reader began may still appear`() {
        let cursor = FeedCursor(tail: entries(98, 100), above: 96, at: at(0), keepsGaps: true)
        #expect(cursor.stretches() == [97...99])
    }

    @Test func `one writer leaves no gaps`() {
        var cursor = FeedCursor(tail: [], above: 0, at: at(0), keepsGaps: false)
        cursor.advance(over: entries(3, 9), at: at(1))
        #expect(cursor.openGaps == 0)
        #expect(cursor.position == 9)
    }
}
