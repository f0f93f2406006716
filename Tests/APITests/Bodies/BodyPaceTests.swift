import NIOCore
import Testing

@testable import API

/// The least pace of a body, by a clock of the test's own.
@Suite struct BodyPaceTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    private func at(_ seconds: Int64) -> NIODeadline { start + .seconds(seconds) }

    @Test func `bytes are counted against the time in which they were waited for`() {
        var pace = BodyPace()
        pace.goOn(at: start)
        pace.begin(at: start)
        pace.arrived = 4999
        #expect(pace.isTooSlow(at: at(10), least: 500))
        pace.arrived = 5000
        #expect(!pace.isTooSlow(at: at(10), least: 500))
    }

    @Test func `time in which the handler asks for nothing does not count`() {
        var pace = BodyPace()
        pace.begin(at: start)
        pace.goOn(at: start)
        pace.arrived = 1000
        pace.rest(at: at(2))
        #expect(!pace.isTooSlow(at: at(30), least: 500))
        pace.goOn(at: at(28))
        #expect(!pace.isTooSlow(at: at(28), least: 500))
        #expect(pace.isTooSlow(at: at(30), least: 500))
    }

    @Test func `a new span begins without what came in the last one`() {
        var pace = BodyPace()
        pace.goOn(at: start)
        pace.begin(at: start)
        pace.arrived = 100_000
        pace.begin(at: at(30))
        #expect(pace.isTooSlow(at: at(60), least: 500))
        pace.rest(at: at(60))
        pace.begin(at: at(60))
        #expect(!pace.isTooSlow(at: at(90), least: 500), "the handler held it back all the time")
    }
}
