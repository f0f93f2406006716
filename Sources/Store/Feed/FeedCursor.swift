/// The position of a reader of the change log, and the numbers that it skipped.
///
/// On PostgreSQL, a number is drawn when the row is written and becomes visible when its transaction commits, so a
/// later number may be seen first. The missing numbers are gaps. A gap closes when its entry appears, or when every
/// transaction that may have drawn a number of it has ended and the entry is still missing: then it was rolled back.
/// Nothing depends on how long a transaction takes. SQLite has one writer, so no gap is kept there.
struct FeedCursor {
    private struct Gap {
        let range: ClosedRange<Int64>
        /// Transactions from this number on began after the gap was seen, so they did not draw a number from it.
        let horizon: Int64
    }

    /// The highest number seen.
    private(set) var position: Int64
    /// The lowest entry at the last look; lower ones were pruned.
    private var floor: Int64
    private var gaps: [Gap]

    /// Starts at `position`, where the log contained nothing in the stretches `missing`.
    init(at position: Int64, floor: Int64, missing: [ClosedRange<Int64>], horizon: Int64) {
        self.position = position
        self.floor = floor
        gaps = missing.map { Gap(range: $0, horizon: horizon) }
    }

    var openGaps: Int { gaps.count }

    func hasSeen(_ sequence: Int64) -> Bool {
        sequence <= position && !gaps.contains { $0.range.contains(sequence) }
    }

    /// The numbers that are missing between the position and the last of `entries`, which are in order and beyond the
    /// position.
    func missing(before entries: [ChangeLog.Entry]) -> [ClosedRange<Int64>] {
        var missing: [ClosedRange<Int64>] = []
        var last = position
        for entry in entries {
            if entry.sequence > last + 1 { missing.append(last + 1...entry.sequence - 1) }
            last = entry.sequence
        }
        return missing
    }

    /// Moves past `entries`. With a horizon, missing numbers between them may still appear.
    mutating func advance(over entries: [ChangeLog.Entry], horizon: Int64?) {
        if let horizon { gaps += missing(before: entries).map { Gap(range: $0, horizon: horizon) } }
        position = entries.last?.sequence ?? position
    }

    /// The stretches of the log to read again, each of at most 512 numbers or one gap.
    func stretches() -> [ClosedRange<Int64>] {
        var stretches: [ClosedRange<Int64>] = []
        for gap in gaps {
            if let last = stretches.last, gap.range.upperBound - last.lowerBound < 512 {
                stretches[stretches.count - 1] = last.lowerBound...gap.range.upperBound
            } else {
                stretches.append(gap.range)
            }
        }
        return stretches
    }

    /// Closes the gaps to which `entries`, found in the stretches, belong; returns the entries that were missing.
    mutating func fill(with entries: [ChangeLog.Entry]) -> [ChangeLog.Entry] {
        entries.filter { entry in
            guard let index = gaps.firstIndex(where: { $0.range.contains(entry.sequence) }) else { return false }
            let gap = gaps[index]
            var rest: [Gap] = []
            if gap.range.lowerBound < entry.sequence {
                rest.append(Gap(range: gap.range.lowerBound...entry.sequence - 1, horizon: gap.horizon))
            }
            if entry.sequence < gap.range.upperBound {
                rest.append(Gap(range: entry.sequence + 1...gap.range.upperBound, horizon: gap.horizon))
            }
            gaps.replaceSubrange(index...index, with: rest)
            return true
        }
    }

    /// Drops the gaps whose transactions have all ended. They must have been read before in a snapshot in which every
    /// transaction below `oldest` had ended.
    mutating func settle(before oldest: Int64) {
        gaps.removeAll { $0.horizon <= oldest }
    }

    /// Records the log's lowest entry. Returns false if entries were pruned that this reader may have missed.
    mutating func keepsUp(withLowest lowest: Int64) -> Bool {
        if lowest > position + 1 { return false }
        if lowest > floor, gaps.contains(where: { $0.range.lowerBound < lowest }) { return false }
        floor = lowest
        return true
    }
}
