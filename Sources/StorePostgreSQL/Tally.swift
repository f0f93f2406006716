import Metrics

/// The counters of a store's sessions.
struct Tally: Sendable {
    let connections = Counter(label: "kilonova_store_connections_opened_total")
    /// Transactions that ran again, because they lost against another one or the server did not respond.
    let repeats = Counter(label: "kilonova_store_transactions_repeated_total")
    /// Commits without a response, after which the server was queried.
    let lostCommits = Counter(label: "kilonova_store_commits_unanswered_total")
}
