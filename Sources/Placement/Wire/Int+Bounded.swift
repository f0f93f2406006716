extension Int {
    /// Adds, and stays at the largest or smallest number where the sum is none: what a database may hold must not end the
    /// process.
    mutating func add(_ other: Int) {
        let (sum, isOver) = addingReportingOverflow(other)
        self = isOver ? (other < 0 ? .min : .max) : sum
    }
}
