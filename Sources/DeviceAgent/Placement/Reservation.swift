import Model

/// How much of an inventory is reserved, of two who reserve: an administrator, whose amount is kept, and this agent, which
/// reserves everything while a device is not to be used.
///
///     free(own) ──withhold──▶ withheld(own remembered) ──release──▶ free(own)
///
/// While the capacity is withheld, an amount other than the total is an administrator's new wish.
struct Reservation: Equatable {
    /// The reserved amount of the inventory.
    let reserved: Int
    /// What must be recorded before the inventory is written; nil if nothing must be. It is also recorded while
    /// capacity is released: if the agent dies before it deletes the record, the amount that it finds again is this
    /// one.
    let remembered: Int?

    /// - Parameters:
    ///   - current: the present inventory; nil if there is none
    ///   - remembered: the administrator's amount from the time when the capacity was withheld
    init(current: Inventory?, remembered: Int?, total: Int, isWithheld: Bool) {
        var own = current?.reserved ?? remembered ?? 0
        if let current, let remembered, current.reserved >= current.total { own = remembered }
        reserved = isWithheld ? total : min(own, total)
        self.remembered = isWithheld || remembered != nil ? own : nil
    }
}
