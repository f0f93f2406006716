import Model
import Testing

@testable import DeviceAgent

@Suite struct ReservationTests {
    @Test func anAdministratorsAmountIsKept() {
        let plan = Reservation(
            current: Inventory(total: 16, reserved: 3), remembered: nil, total: 16, isWithheld: false)
        #expect(plan.reserved == 3 && plan.remembered == nil)
    }

    @Test func withholdingRemembersItAndReleasingRestoresIt() {
        let withheld = Reservation(
            current: Inventory(total: 16, reserved: 3), remembered: nil, total: 16, isWithheld: true)
        #expect(withheld.reserved == 16 && withheld.remembered == 3)
        let again = Reservation(current: Inventory(total: 16, reserved: 16), remembered: 3, total: 16, isWithheld: true)
        #expect(again == withheld)
        let released = Reservation(
            current: Inventory(total: 16, reserved: 16), remembered: 3, total: 16, isWithheld: false)
        #expect(released.reserved == 3 && released.remembered == 3)
    }

    @Test func anAmountWrittenWhileWithheldIsANewWish() {
        let plan = Reservation(current: Inventory(total: 16, reserved: 5), remembered: 3, total: 16, isWithheld: true)
        #expect(plan.reserved == 16 && plan.remembered == 5)
    }

    @Test func aSmallerTotalBoundsIt() {
        let free = Reservation(
            current: Inventory(total: 16, reserved: 12), remembered: nil, total: 8, isWithheld: false)
        #expect(free.reserved == 8)
        let withheld = Reservation(
            current: Inventory(total: 16, reserved: 16), remembered: 12, total: 8, isWithheld: true)
        #expect(withheld.reserved == 8 && withheld.remembered == 12)
    }

    @Test func anInventoryThatVanishedWhileWithheldGetsItsAmountBack() {
        let plan = Reservation(current: nil, remembered: 2, total: 4, isWithheld: false)
        #expect(plan.reserved == 2)
        #expect(Reservation(current: nil, remembered: nil, total: 4, isWithheld: false).reserved == 0)
    }

    @Test func aReleaseThatWasNotFinishedIsReleasedAgain() {
        let first = Reservation(current: Inventory(total: 2, reserved: 1), remembered: 0, total: 1, isWithheld: false)
        #expect(first.reserved == 1 && first.remembered == 1)
        let second = Reservation(
            current: Inventory(total: 1, reserved: first.reserved), remembered: first.remembered, total: 1,
            isWithheld: false)
        #expect(second == first)
    }
}
