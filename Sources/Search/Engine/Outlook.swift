/// What a careful walk knows of the wants that are not assigned yet; made anew after each assignment.
struct Outlook {
    /// Where the members of a subtree rule must lie, once one of them is assigned.
    struct Region {
        /// Which of the walk's trees; -1 where they may lie anywhere.
        var tree = -1
        var positions = 0..<0
    }

    /// By subtree rule.
    var regions: [Region] = []
    /// The only want of the group without a suffix that can bring a trait which is still missing; -1 where there is none.
    var soleBringer = -1

    // What a contest's matching is worked out in.

    /// By want, the slot it won.
    var won: [Int] = []
    /// By want, the place where it won in the last matching: there it tries first.
    var habit: [Int] = []
    /// By slot, how many won it, and how many may; -1 where that is not known yet.
    var winners: [Int] = []
    var room: [Int] = []
    /// By slot, the round in which it was looked at last.
    var visited: [Int] = []
    var round = 0

    mutating func prepare(slots: Int, wants: Int) {
        won = Array(repeating: -1, count: wants)
        habit = Array(repeating: -1, count: wants)
        winners = Array(repeating: 0, count: slots)
        room = Array(repeating: -1, count: slots)
        visited = Array(repeating: 0, count: slots)
        round = 0
    }
}
