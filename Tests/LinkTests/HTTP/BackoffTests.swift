import Testing

@testable import LinkClient

@Suite struct BackoffTests {
    @Test func `pauses double up to the ceiling, and are anywhere in three quarters of them`() {
        var longest = Backoff(floor: .seconds(4), ceiling: .seconds(60))
        #expect((0..<6).map { _ in longest.next(draw: 1) } == [4, 8, 16, 32, 60, 60].map { .seconds($0) })
        longest.reset()
        #expect(longest.next(draw: 1) == .seconds(4))
        var shortest = Backoff(floor: .seconds(4), ceiling: .seconds(60))
        #expect((0..<3).map { _ in shortest.next(draw: 0) } == [1, 2, 4].map { .seconds($0) })
        for _ in 0..<100 { #expect(shortest.next(draw: 7) <= .seconds(60)) }
        #expect(shortest.next(draw: 0.5) == .seconds(37.5))
        shortest.reset()
        shortest.give()
        #expect(shortest.next(draw: 1) == .seconds(60))
    }

    @Test func `of several addresses each is tried before the pause doubles`() {
        var backoff = Backoff(floor: .seconds(4), ceiling: .seconds(60), addresses: 3)
        #expect((0..<7).map { _ in backoff.next(draw: 1) } == [4, 4, 4, 8, 8, 8, 16].map { .seconds($0) })
    }
}
