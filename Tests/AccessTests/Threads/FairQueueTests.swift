import Model
import Testing

@testable import Access

@Suite("A queue in which sources take turns")
struct FairQueueTests {
    @Test("sources take turns, each in its own order")
    func turns() {
        var queue = FairQueue<String>(places: 1, most: 100, mostOfSource: 10)
        #expect(queue.enter(0, from: "a") == .runs)
        for ticket in 1...4 { #expect(queue.enter(UInt64(ticket), from: "a") == .waits) }
        #expect(queue.enter(5, from: "b") == .waits)
        #expect(queue.enter(6, from: "c") == .waits)
        #expect(queue.enter(7, from: "b") == .waits)
        #expect((0..<7).map { _ in queue.leave() } == [1, 5, 6, 2, 7, 3, 4])
        #expect(queue.leave() == nil && queue.count == 0)
        #expect(queue.enter(8, from: "a") == .runs)
    }

    @Test("one source waits with a bounded number; where all is full, the one that waits most gives way")
    func bounds() {
        var queue = FairQueue<String>(places: 1, most: 6, mostOfSource: 4)
        #expect(queue.enter(0, from: "a") == .runs)
        for ticket in 1...4 { #expect(queue.enter(UInt64(ticket), from: "a") == .waits) }
        #expect(queue.enter(5, from: "a") == .refused)
        #expect(queue.enter(6, from: "b") == .waits)
        #expect(queue.enter(7, from: "b") == .waitsInPlace(of: 4))
        #expect(queue.enter(8, from: "b") == .refused, "no source waits for more than one beyond it")
        #expect(queue.enter(9, from: "c") == .waitsInPlace(of: 3))
        #expect(queue.count == 5)
        #expect((0..<5).map { _ in queue.leave() } == [1, 6, 9, 2, 7])
    }

    @Test("who withdraws is not called")
    func withdrawal() {
        var queue = FairQueue<String>(places: 1, most: 10, mostOfSource: 10)
        _ = queue.enter(0, from: "a")
        _ = queue.enter(1, from: "a")
        _ = queue.enter(2, from: "b")
        let withdrawn = [(1, "a"), (1, "a"), (0, "a")].map { queue.withdraw($0, of: $1) }
        #expect(withdrawn == [true, false, false])
        #expect(queue.leave() == 2)
        #expect(queue.leave() == nil)
    }

    @Test("an address is one source, of IPv6 its network of 64 bits; a port does not count")
    func sources() {
        func source(_ text: String) -> String { WorkSource(address: text).description }
        #expect(source("192.0.2.7") == "192.0.2.7" && source("192.0.2.7:4711") == "192.0.2.7")
        #expect(source("[2001:db8::1]:4711") == source("2001:db8:0:0:ffff::9"))
        #expect(source("2001:db8::1") == "2001:db8:0:0::/64")
        #expect(source("2001:db8:0:1::1") != source("2001:db8::1"))
        #expect(source("::ffff:192.0.2.7") == "192.0.2.7")
        #expect(source("unknown") == "unknown" && source("") == "")
        #expect(source(String(repeating: "x", count: 500)).count == 64)
    }

    @Test("work whose task is cancelled while it waits is never done, and makes room")
    func cancellation() async throws {
        let pool = BlockingPool(threads: 1, backlog: 100, mostOfSource: 50)
        let gate = Gate()
        let first = Task { try await pool.run { gate.wait() } }
        await gate.arrival()
        let left = WorkSource(address: "192.0.2.1")
        let done = Tally()
        let waiting = (0..<50).map { _ in Task { try await pool.run(for: left) { done.add() } } }
        while pool.waiting < 50 { await Task.yield() }
        for task in waiting { task.cancel() }
        for task in waiting { await #expect(throws: Fault.self) { try await task.value } }
        #expect(pool.waiting == 0)
        let other = Task { try await pool.run(for: left) { done.add() } }
        while pool.waiting < 1 { await Task.yield() }
        gate.open()
        try await first.value
        try await other.value
        #expect(done.count == 1)
    }
}
