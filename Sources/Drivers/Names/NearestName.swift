/// Finds what someone probably meant.
enum NearestName {
    /// The name with the fewest changes from `word`; nil when none is near.
    static func find(_ word: String, among names: [String]) -> String? {
        // Half a name is nearer than its length says: `vendor` for `vendor_id`.
        if word.utf8.count > 2, let whole = names.first(where: { $0.hasPrefix(word.lowercased()) }) { return whole }
        let ranked = names.map { ($0, distance(Array(word.lowercased().utf8), Array($0.lowercased().utf8))) }
        guard let best = ranked.min(by: { $0.1 < $1.1 }), best.1 <= max(2, word.utf8.count / 3) else { return nil }
        return best.0
    }

    /// Insertions, deletions and replacements that lead from one to the other (Levenshtein).
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (index, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (place, other) in right.enumerated() {
                let cost = min(row[place + 1] + 1, row[place] + 1, diagonal + (byte == other ? 0 : 1))
                diagonal = row[place + 1]
                row[place + 1] = cost
            }
        }
        return row[right.count]
    }
}
