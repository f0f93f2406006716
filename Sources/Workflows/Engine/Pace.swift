extension WorkflowEngine {
    /// How an engine paces itself.
    public struct Pace: Sendable {
        /// How long a workflow stays with a process that is silent.
        var lease: Duration
        /// The longest pause between two looks at the journal.
        var poll: Duration
        /// The first pause after trouble; doubles up to `longestRetry`.
        var retry: Duration
        var longestRetry: Duration
        /// How long ended workflows stay to be looked at.
        var retention: Duration
        /// How long a signal waits for a workflow that is not there.
        var signals: Duration

        public init(
            lease: Duration = .seconds(30), poll: Duration = .seconds(1), retry: Duration = .milliseconds(500),
            longestRetry: Duration = .seconds(30), retention: Duration = .seconds(86_400),
            signals: Duration = .seconds(86_400)
        ) {
            self.lease = lease
            self.poll = poll
            self.retry = retry
            self.longestRetry = longestRetry
            self.retention = retention
            self.signals = signals
        }
    }
}
