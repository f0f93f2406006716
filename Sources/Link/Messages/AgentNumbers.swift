package import Model

/// Bounds of the numbers that agents send. A host that lies, or whose memory fails, must not end the process: numbers
/// within these bounds can be increased, compared and added without an overflow.
package enum AgentNumbers {
    /// For generations, revisions, and moments in microseconds: what every JSON reader keeps exactly, up to the year
    /// 2255.
    package static let whole = 0...((Int64(1) << 53) - 1)
    /// For counts of units, blocks and bytes, as for inventories in Placement.
    package static let count = 0...Int(Int32.max)

    package static func check(_ number: Int64, _ field: String) throws(Fault) {
        guard !whole.contains(number) else { return }
        throw .badRequest(
            "'\(field)' must be a whole number from \(whole.lowerBound) to \(whole.upperBound), not \(number).",
            field: field)
    }

    package static func check(_ count: Int, _ field: String) throws(Fault) {
        guard !self.count.contains(count) else { return }
        throw .badRequest(
            "'\(field)' must be a whole number from \(self.count.lowerBound) to \(self.count.upperBound), not \(count).",
            field: field)
    }
}
