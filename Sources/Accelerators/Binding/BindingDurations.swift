/// How long the parts of a binding, and what hangs on hosts, may take.
public struct BindingDurations: Sendable {
    /// Preparation on the host; past it the requests of the PATCH fail together.
    public var preparation: Duration
    /// How long the answer to a PATCH waits for it. The compute service hears no event while an instance has no host,
    /// which at an unshelve it gets only after the binding.
    public var answer: Duration
    /// Removal of what a tenant left, counted while the host is alive; past it the handle is quarantined.
    public var cleaning: Duration
    /// How long the compute service is told again when it does not know the instance yet; its own wait by default.
    public var notification: Duration
    /// How long a host that is down keeps its capacity in Placement.
    public var silence: Duration
    /// How long events are kept.
    public var audit: Duration

    public init(
        preparation: Duration = .seconds(60), answer: Duration = .zero, cleaning: Duration = .seconds(900),
        notification: Duration = .seconds(300), silence: Duration = .seconds(60),
        audit: Duration = .seconds(90 * 86_400)
    ) {
        self.preparation = preparation
        self.answer = answer
        self.cleaning = cleaning
        self.notification = notification
        self.silence = silence
        self.audit = audit
    }
}
