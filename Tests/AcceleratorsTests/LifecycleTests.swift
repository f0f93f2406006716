import TestJSON
import Testing

@testable import Accelerators

@Suite struct LifecycleTests {
    func handle(
        _ state: HandleLifecycle.State, prepares: Bool = false, cleans: Bool = false
    ) -> HandleLifecycle {
        HandleLifecycle(state: state, needsPreparation: prepares, needsCleaning: cleans)
    }

    @Test func `a plain handle goes out and comes back`() {
        var life = handle(.available)
        #expect(life.apply(.reserve) == [])
        #expect(life.state == .held)
        #expect(life.apply(.release) == [])
        #expect(life.state == .available)
    }

    @Test func `a handle that is prepared and cleaned goes the whole way round`() {
        var life = handle(.available, prepares: true, cleans: true)
        #expect(life.apply(.reserve) == [.begin(.prepare)])
        #expect(life.apply(.finished) == [])
        #expect(life.state == .held)
        #expect(life.apply(.release) == [.begin(.withdraw)])
        #expect(life.apply(.finished) == [.begin(.clean)])
        #expect(life.apply(.finished) == [])
        #expect(life.state == .available)
    }

    @Test func `given back during preparation, the work is dropped and undone`() {
        var life = handle(.preparing, prepares: true)
        #expect(life.apply(.release) == [.drop, .begin(.withdraw)])
        #expect(life.state == .withdrawing)
    }

    @Test func `a failed preparation is undone, a failed cleaning quarantines`() {
        var preparing = handle(.preparing, prepares: true)
        #expect(preparing.apply(.failed("no")) == [.begin(.withdraw)])
        var cleaning = handle(.cleaning, cleans: true)
        #expect(cleaning.apply(.failed("dirty")) == [.drop])
        #expect(cleaning.state == .error)
        #expect(cleaning.reason == "dirty")
        #expect(cleaning.apply(.retry) == [.begin(.clean)])
        #expect(cleaning.reason == nil)
        #expect(cleaning.apply(.failed("dirty")) == [.drop])
        #expect(cleaning.apply(.free) == [])
        #expect(cleaning.state == .available)
    }

    @Test func `only a free handle is given out, and no other event moves anything`() {
        let events: [HandleLifecycle.Event] = [
            .reserve, .release, .finished, .failed("x"), .retry, .free, .setAside("y"),
        ]
        let allowed: [HandleLifecycle.State: Set<Int>] = [
            .available: [0, 6], .preparing: [1, 2, 3], .held: [1, 6], .withdrawing: [2, 3], .cleaning: [2, 3],
            .error: [4, 5],
        ]
        for state in HandleLifecycle.State.allCases {
            for (index, event) in events.enumerated() {
                var life = handle(state, prepares: true, cleans: true)
                let before = life
                let actions = life.apply(event)
                #expect((actions != nil) == allowed[state]?.contains(index), "\(state) \(event)")
                if actions == nil { #expect(life == before) }
            }
        }
    }

    @Test func `a request goes from Initial to Bound at once or by preparation`() {
        var instant = RequestLifecycle(state: .initial)
        #expect(instant.apply(.bind(needsPreparation: false)) == [.tell(isBound: true)])
        #expect(instant.state == .bound)
        #expect(instant.apply(.unbind) == [.release])
        #expect(instant.state == .unbound)
        var slow = RequestLifecycle(state: .unbound)
        #expect(slow.apply(.bind(needsPreparation: true)) == [])
        #expect(slow.state == .bindStarted)
        #expect(slow.apply(.prepared) == [.tell(isBound: true)])
        var failing = RequestLifecycle(state: .bindStarted)
        #expect(failing.apply(.failed) == [.release, .tell(isBound: false)])
        #expect(failing.state == .bindFailed)
        #expect(failing.apply(.bind(needsPreparation: false)) == nil)
        #expect(failing.apply(.unbind) == [])
        #expect(failing.state == .unbound)
    }

    @Test func `a device that vanishes is kept only while it is held`() {
        var free = DeviceLifecycle(presence: .present)
        #expect(free.apply(.vanished(isHeld: false)) == [.remove])
        var held = DeviceLifecycle(presence: .present)
        #expect(held.apply(.vanished(isHeld: true)) == [])
        #expect(held.presence == .missing)
        var back = held
        #expect(back.apply(.reported) == [])
        #expect(back.presence == .present)
        #expect(held.apply(.letGo) == [.remove])
        #expect(back.apply(.letGo) == [])
    }
}
