extension Int {
    /// Adds with saturation at the largest or smallest number, because no content of a database may end the process.
    mutating func add(_ other: Int) {
        let (sum, isOver) = addingReportingOverflow(other)
        self = isOver ? (other < 0 ? .min : .max) : sum
    }
}
