import Logging

extension ChangeFeed {
    /// Deletes all but the newest entries, a few thousand per transaction. Several replicas may do so at the same time.
    ///
    /// Returns how many it deleted. The newest entry always stays, so that the end of the log is known.
    @discardableResult
    public func prune() async throws -> Int {
        let keeps = max(options.keeps, 1)
        var sum = 0
        while true {
            let ends: (Int64, Int64)? = try await engine.read { transaction in
                try transaction.first(
                    "SELECT (SELECT MIN(seq) FROM change_log), (SELECT MAX(seq) FROM change_log)"
                ) { row in
                    let (lowest, highest): (Int64?, Int64?) = (try row[0], try row[1])
                    return (lowest ?? 0, highest ?? 0)
                }
            }
            guard let (lowest, highest) = ends, lowest <= highest - keeps else { return sum }
            let bound = min(highest - keeps, lowest + 5000)
            sum += try await engine.write { transaction in
                try transaction.execute("DELETE FROM change_log WHERE seq <= \(bound)")
            }
        }
    }

    func pruneQuietly() async {
        do {
            try await prune()
        } catch {
            logger.warning("the change log could not be pruned", metadata: ["error": "\(String(reflecting: error))"])
        }
    }
}
