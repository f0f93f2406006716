/// Which name somebody probably meant: for "did you mean".
public enum NearestName {
    /// The one of `names` that `word` was probably meant to be, in whatever case: one that begins with it, or the one with the fewest wrong
    /// letters, at most a third of them. Among equals the first in order; nil where none is near.
    public static func find(_ word: String, among names: some Sequence<String>) -> String? {
        let word = word.lowercased()
        let names = names.sorted()
        // Half a name is nearer than its length says: `vendor` for `vendor_id`.
        if word.utf8.count > 2, let whole = names.first(where: { $0.lowercased().hasPrefix(word) }) { return whole }
        var best: (name: String, distance: Int)?
        for name in names {
            let distance = distance(between: word, name.lowercased())
            guard distance * 3 <= max(word.utf8.count, name.utf8.count) else { continue }
            if distance < best?.distance ?? .max { best = (name, distance) }
        }
        return best?.name
    }

    /// Insertions, deletions and substitutions of bytes that make one word of the other (Levenshtein).
    static func distance(between left: String, _ right: String) -> Int {
        let right = Array(right.utf8)
        var row = Array(0...right.count)
        for (index, byte) in left.utf8.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (place, other) in right.enumerated() {
                let above = row[place + 1]
                row[place + 1] = min(above + 1, row[place] + 1, diagonal + (byte == other ? 0 : 1))
                diagonal = above
            }
        }
        return row[right.count]
    }
}
