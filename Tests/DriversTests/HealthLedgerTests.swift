import Drivers
import Model
import Testing

@Suite struct HealthLedgerTests {
    private let well = DeviceHealth(.well)
    private let sick = DeviceHealth(.sick, reason: "read only")

    @Test func oneBadLookIsNoReason() {
        var ledger = HealthLedger()
        #expect(ledger.take(sick) == nil && ledger.take(well) == nil && ledger.take(sick) == nil)
        #expect(ledger.standing == .well)
        #expect(ledger.take(sick) == .withdraw("read only"))
        #expect(ledger.standing == .withdrawn("read only"))
        #expect(ledger.take(sick) == nil)
    }

    @Test func recoveryTakesThreeGoodLooksInARow() {
        var ledger = HealthLedger()
        _ = ledger.take(sick)
        _ = ledger.take(sick)
        #expect(ledger.take(well) == nil && ledger.take(well) == nil && ledger.take(sick) == nil)
        #expect(ledger.take(well) == nil && ledger.take(DeviceHealth(.worn)) == nil)
        #expect(ledger.take(well) == .restore)
        #expect(ledger.standing == .well)
    }

    @Test func whatCannotBeAskedChangesNothing() {
        var ledger = HealthLedger()
        _ = ledger.take(sick)
        #expect(ledger.take(DeviceHealth(.unknown)) == nil)
        #expect(ledger.last == sick)
        #expect(ledger.take(sick) == .withdraw("read only"))
    }

    @Test func goneIsWithdrawnAtOnce() {
        var ledger = HealthLedger()
        #expect(ledger.vanish() == .withdraw("it is gone from its host"))
        #expect(ledger.vanish() == nil)
        _ = ledger.take(well)
        _ = ledger.take(well)
        #expect(ledger.take(well) == .restore)
    }

    /// Over any run of looks: it changes only from what it is, and never at a look that says nothing.
    @Test func anyRun() {
        var ledger = HealthLedger()
        var isAway = false
        var numbers = SplitMix64(seed: 11)
        for _ in 0..<2000 {
            let state: DeviceHealth.State = [.well, .worn, .sick, .unknown][Int.random(in: 0..<4, using: &numbers)]
            switch ledger.take(DeviceHealth(state)) {
            case .withdraw:
                #expect(!isAway && state == .sick)
                isAway = true
            case .restore:
                #expect(isAway && state != .sick && state != .unknown)
                isAway = false
            case nil: break
            }
            #expect((ledger.standing == .well) == !isAway)
        }
    }
}
