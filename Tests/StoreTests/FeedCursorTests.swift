import Testing

@testable import Store

@Suite struct FeedCursorTests {
    func entries(_ numbers: Int64...) -> [ChangeLog.Entry] {
        numbers.map { ChangeLog.Entry(sequence: $0, kind: "a", key: "\($0)", generation: 0) }
    }

    @Test func `a missing number is looked for until it appears`() {
        var cursor = FeedCursor(at: 10, floor: 1, missing: [], horizon: 0)
        cursor.advance(over: entries(11, 14), horizon: 7)
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

    @Test func `a number is given up when all that may have drawn it have ended`() {
        var cursor = FeedCursor(at: 0, floor: 1, missing: [], horizon: 0)
        cursor.advance(over: entries(2), horizon: 100)
        cursor.advance(over: entries(4), horizon: 105)
        cursor.settle(before: 99)
        #expect(cursor.stretches() == [1...3])
        cursor.settle(before: 100)
        #expect(cursor.stretches() == [3...3])
        #expect(!cursor.hasSeen(3))
        cursor.settle(before: 200)
        #expect(cursor.hasSeen(3))
    }

    @Test func `gaps close to each other are read in one stretch`() {
        var cursor = FeedCursor(at: 0, floor: 1, missing: [], horizon: 0)
        cursor.advance(over: entries(2, 4, 6, 2000), horizon: 1)
        #expect(cursor.stretches() == [1...5, 7...1999])
        #expect(cursor.fill(with: entries(2, 3)).map(\.sequence) == [3])
    }

    @Test func `what was missing when the reader began may still appear`() {
        var cursor = FeedCursor(at: 100, floor: 90, missing: [97...97, 99...99], horizon: 5)
        #expect(cursor.stretches() == [97...99])
        #expect(cursor.fill(with: entries(98, 99)).map(\.sequence) == [99])
    }

    @Test func `who may have missed a pruned entry begins anew`() {
        var cursor = FeedCursor(at: 100, floor: 50, missing: [1...49, 60...60], horizon: 5)
        let keepsUp = ([50, 51] as [Int64]).map { lowest in
            var cursor = cursor
            return cursor.keepsUp(withLowest: lowest)
        }
        #expect(keepsUp == [true, false])
        cursor.settle(before: 5)
        let settled = ([51, 101, 102] as [Int64]).map { lowest in
            var cursor = cursor
            return cursor.keepsUp(withLowest: lowest)
        }
        #expect(settled == [true, true, false])
    }

    @Test func `one writer leaves no gaps`() {
        var cursor = FeedCursor(at: 0, floor: 0, missing: [], horizon: 0)
        cursor.advance(over: entries(3, 9), horizon: nil)
        #expect(cursor.openGaps == 0)
        #expect(cursor.position == 9)
    }
}
