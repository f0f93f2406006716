import Model

/// How far a reader of the change log has come, and which numbers it skipped on the way.
///
/// On PostgreSQL a number is drawn when the row is written and becomes visible when its transaction commits, so a later
/// number may be seen first. The missing ones are gaps; a gap closes when its entry appears, or when it is so old that
/// its transaction must have rolled back. SQLite has one writer: no gap is ever kept there.
struct FeedCursor {
    private struct Gap {
        let range: ClosedRange<Int64>
        let since: Timestamp
    }

    /// The highest number seen.
    private(set) var position: Int64
    private let keepsGaps: Bool
    private var gaps: [Gap] = []

    /// Starts at the log's end. `tail` holds its last entries, at least those above `floor` that are visible: what is
    /// missing between them may still appear.
    init(tail: [ChangeLog.Entry], above floor: Int64, at now: Timestamp, keepsGaps: Bool) {
        position = max(floor, 0)
        self.keepsGaps = keepsGaps
        advance(over: tail, at: now)
    }

    var openGaps: Int { gaps.count }

    func hasSeen(_ sequence: Int64) -> Bool {
        sequence <= position && !gaps.contains { $0.range.contains(sequence) }
    }

    /// Moves past `entries`, which are in order and all beyond the position.
    mutating func advance(over entries: [ChangeLog.Entry], at now: Timestamp) {
        for entry in entries {
            if keepsGaps, entry.sequence > position + 1 {
                gaps.append(Gap(range: position + 1...entry.sequence - 1, since: now))
            }
            position = entry.sequence
        }
    }

    /// The stretches of the log to look at again, each at most 512 numbers or one gap long.
    func stretches(openedSince youngest: Timestamp? = nil) -> [ClosedRange<Int64>] {
        var stretches: [ClosedRange<Int64>] = []
        for gap in gaps {
            if let youngest, gap.since < youngest { continue }
            if let last = stretches.last, gap.range.upperBound - last.lowerBound < 512 {
                stretches[stretches.count - 1] = last.lowerBound...gap.range.upperBound
            } else {
                stretches.append(gap.range)
            }
        }
        return stretches
    }

    /// Closes the gaps that `entries`, found in the stretches, belong to; yields those that were missing.
    mutating func fill(with entries: [ChangeLog.Entry]) -> [ChangeLog.Entry] {
        entries.filter { entry in
            guard let index = gaps.firstIndex(where: { $0.range.contains(entry.sequence) }) else { return false }
            let gap = gaps[index]
            var rest: [Gap] = []
            if gap.range.lowerBound < entry.sequence {
                rest.append(Gap(range: gap.range.lowerBound...entry.sequence - 1, since: gap.since))
            }
            if entry.sequence < gap.range.upperBound {
                rest.append(Gap(range: entry.sequence + 1...gap.range.upperBound, since: gap.since))
            }
            gaps.replaceSubrange(index...index, with: rest)
            return true
        }
    }

    /// Gives up the gaps that were there before `moment`: no transaction lives that long.
    mutating func forget(before moment: Timestamp) {
        gaps.removeAll { $0.since < moment }
    }
}
