import Store

/// Rows for `VALUES`, divided so that no statement has more values than a database allows.
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
