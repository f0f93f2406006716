import Model
import Testing

@Suite struct BellTests {
    /// Ends only when its task is cancelled, as a pause that is too long to matter does.
    private static let never: @Sendable (Duration) async throws -> Void = { _ in
        for await _ in AsyncStream<Void>.makeStream().stream {}
    }

    @Test func `a ring before the wait is heard once`() async {
        let bell = Bell(wait: { _ in })
        bell.ring()
        bell.ring()
        #expect(bell.take())
        #expect(!bell.take())
        #expect(await !bell.wait(atMost: .seconds(1)))
        let patient = Bell(wait: Self.never)
        patient.ring()
        #expect(await patient.wait(atMost: .seconds(1)))
        #expect(!patient.take())
    }

    @Test func `a ring ends the wait`() async {
        let bell = Bell(wait: Self.never)
        async let first = bell.wait(atMost: .seconds(1))
        bell.ring()
        #expect(await first)
    }

    @Test func `a cancelled wait ends without a ring`() async {
        let bell = Bell(wait: Self.never)
        let task = Task { await bell.wait(atMost: .seconds(1)) }
        task.cancel()
        #expect(await !task.value)
        #expect(!bell.take())
    }
}
