/// What an assignment of wants to slots amounts to: which ones are the same, and which devices may fill it.
extension TreeWalk {
    /// A key equal for patterns that differ only in the order of slots within a place and of equal wants.
    func patternKey() -> [Int] {
        var key: [Int] = []
        for (place, loads) in loadsByPlace() {
            key.append(-2 - place)
            for load in loads.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
                key += load
                key.append(-1)
            }
        }
        return key
    }

    /// For each place in use, the kinds of wants in each of its slots.
    private func loadsByPlace() -> [(place: Int, loads: [[Int]])] {
        var result: [(place: Int, loads: [[Int]])] = []
        for place in opened.indices where opened[place] > 0 {
            var loads = Array(repeating: [Int](), count: opened[place])
            for want in choices.indices where choices[want].place == place {
                loads[choices[want].slot].append(
                    foldsWants && plan.wants[want].isSuffixed ? plan.wants[want].kind : -10 - want)
            }
            result.append((place, loads))
        }
        return result
    }

    func unrollingOfPattern() -> SlotUnrolling? {
        guard opened.indices.contains(where: { opened[$0] > 0 && places[$0].count > 1 }) else { return nil }
        var slots: [SlotUnrolling.Slot] = []
        for (place, loads) in loadsByPlace() where places[place].count > 1 {
            let first = slots.count
            for (slot, load) in loads.enumerated() {
                let equal = foldsWants ? (0..<slot).last { loads[$0] == load } : nil
                slots.append(
                    SlotUnrolling.Slot(
                        place: place, slot: slot, size: places[place].count, firstOfPlace: first,
                        after: equal.map { first + $0 }))
            }
        }
        return SlotUnrolling(slots)
    }
}
