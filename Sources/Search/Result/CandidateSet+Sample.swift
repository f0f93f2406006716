extension CandidateSet {
    /// At most `most` of the candidates, all with equal probability, in random order.
    public func sample(_ most: Int, using random: inout some RandomNumberGenerator) -> CandidateSet {
        var rows = Array(0..<count)
        let wanted = min(most, count)
        // Fisher and Yates, as far as rows are wanted.
        for place in 0..<wanted { rows.swapAt(place, Int.random(in: place..<count, using: &random)) }
        var sample = self
        sample.picks = rows[..<wanted].flatMap { row in
            picks[row * columns.count..<(row + 1) * columns.count]
        }
        sample.count = wanted
        return sample
    }
}
