import Model
import Testing

@Suite struct ExponentialDelayTests {
    @Test func `pauses double up to the limit, however many failures there are`() {
        let delay = ExponentialDelay(first: .milliseconds(250), longest: .seconds(10))
        #expect(
            [-1, 0, 1, 2, 5, 6].map(delay.doubled) == [250, 250, 500, 1000, 8000, 10_000].map { .milliseconds($0) })
        #expect(delay.doubled(.max) == .seconds(10))
    }
}
