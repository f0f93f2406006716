import Store

/// Rows behind `VALUES`, in parts that a statement may have: databases bound how many values one takes.
struct Rows {
    private static let most = 500

    private(set) var parts: [SQL] = []
    private var count = 0

    mutating func add(_ row: SQL) {
        if count.isMultiple(of: Self.most) {
            parts.append(row)
        } else {
            parts[parts.count - 1] += ", "
            parts[parts.count - 1] += row
        }
        count += 1
    }
}
