import Model
import Synchronization
import Testing

@testable import Clients

@Suite struct SideBySideTests {
    /// What was begun and how much of it was under way at once.
    final class Course: Sendable {
        let state = Mutex<(running: Int, most: Int, done: Set<Int>)>((0, 0, []))

        func begin() {
            state.withLock { state in
                state.running += 1
                state.most = max(state.most, state.running)
            }
        }

        func end(_ item: Int) {
            state.withLock { state in
                state.running -= 1
                state.done.insert(item)
            }
        }
    }

    @Test(arguments: [0, 1, 16, 100])
    func `everything is done, never more than the width at once`(count: Int) async throws {
        let course = Course()
        let answers = try await SideBySide.run(Array(0..<count)) { (item) async throws(Fault) in
            course.begin()
            for _ in 0..<(item % 3) { await Task.yield() }
            course.end(item)
            return -item
        }
        #expect(answers == (0..<count).map { -$0 })
        let (running, most, done) = course.state.withLock { $0 }
        #expect(running == 0 && done == Set(0..<count))
        #expect(most <= SideBySide.width)
    }

    @Test func `the first fault in order is told, once all have ended`() async throws {
        let course = Course()
        let fault = await #expect(throws: Fault.self) {
            _ = try await SideBySide.run(Array(0..<40)) { (item) async throws(Fault) in
                course.begin()
                await Task.yield()
                course.end(item)
                if item % 10 == 7 { throw .conflict("item \(item)") }
            }
        }
        #expect(fault?.message == "item 7")
        #expect(course.state.withLock { $0.done.count } == 40)
    }
}
