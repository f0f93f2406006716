import Testing

@testable import Link

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
    }
}
