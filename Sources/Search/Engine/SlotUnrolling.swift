/// Fills the slots of a pattern with members of their places, in every distinct way.
///
/// Slots of one place get different members. A slot whose load equals an earlier one's gets a later member, so that
/// exchanging the two does not count twice.
struct SlotUnrolling {
    struct Slot {
        let place: Int
        let slot: Int
        /// Members of the place.
        let size: Int
        /// The first slot of the same place in this list.
        let firstOfPlace: Int
        /// The earlier slot whose member must come before this one's.
        let after: Int?
    }

    private let slots: [Slot]
    private var chosen: [Int]

    /// Begins with the first filling: slot n has member n.
    init(_ slots: [Slot]) {
        self.slots = slots
        chosen = slots.map(\.slot)
    }

    func member(place: Int, slot: Int) -> Int {
        for index in slots.indices where slots[index].place == place && slots[index].slot == slot {
            return chosen[index]
        }
        return slot
    }

    mutating func advance() -> Bool {
        var index = slots.count - 1
        while index >= 0 {
            if let member = free(index, from: chosen[index] + 1) {
                chosen[index] = member
                if fill(from: index + 1) { return true }
                continue
            }
            index -= 1
        }
        return false
    }

    private mutating func fill(from start: Int) -> Bool {
        for index in start..<max(start, slots.count) {
            let floor = slots[index].after.map { chosen[$0] + 1 } ?? 0
            guard let member = free(index, from: floor) else { return false }
            chosen[index] = member
        }
        return true
    }

    private func free(_ index: Int, from member: Int) -> Int? {
        let slot = slots[index]
        var member = member
        while member < slot.size {
            if !chosen[slot.firstOfPlace..<index].contains(member) { return member }
            member += 1
        }
        return nil
    }
}
