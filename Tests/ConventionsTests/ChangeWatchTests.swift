import Conventions
import Model
import Synchronization
import Testing

@Suite struct ChangeWatchTests {
    private let watch = ChangeWatch<Int>(nil, of: "thing") { Int($0) }

    @Test func `what is so already is answered at once`() async throws {
        #expect(try await watch.wait(for: [1], span: .zero) { "done" } == "done")
    }

    @Test func `what is not so by the end is nil`() async throws {
        let attempts = Mutex(0)
        let found: String? = try await watch.wait(for: [1], span: .zero) {
            attempts.withLock { $0 += 1 }
            return nil
        }
        #expect(found == nil)
        #expect(attempts.withLock { $0 } == 1)
    }
}
