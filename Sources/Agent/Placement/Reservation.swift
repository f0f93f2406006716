import Model

/// How much of an inventory is reserved, of two who reserve: an administrator, whose amount is kept, and this agent, which
/// reserves everything while a device is not to be used.
///
///     free(own) ──withhold──▶ withheld(own remembered) ──release──▶ free(own)
///
/// While the capacity is withheld, an amount other than the total is an administrator's new wish.
struct Reservation: Equatable {
    /// What the inventory should say.
    let reserved: Int
    /// What is to be remembered before the inventory is written; nil when there is nothing to remember. While capacity is
    /// released, too: should the agent die before it forgets, the amount that it finds again is this one.
    let remembered: Int?

    /// - Parameters:
    ///   - current: the inventory as it stands, nil where there is none
    ///   - remembered: the administrator's amount from when the capacity was withheld
    init(current: Inventory?, remembered: Int?, total: Int, isWithheld: Bool) {
        var own = current?.reserved ?? remembered ?? 0
        if let current, let remembered, current.reserved >= current.total { own = remembered }
        reserved = isWithheld ? total : min(own, total)
        self.remembered = isWithheld || remembered != nil ? own : nil
    }
}
