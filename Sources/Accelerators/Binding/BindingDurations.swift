/// Timeouts and retention times of the accelerator service.
public struct BindingDurations: Sendable {
    /// Preparation on the host; afterwards the requests of the PATCH fail together.
    var preparation: Duration
    /// How long the response to a PATCH waits for the preparation. The compute service accepts no event while an
    /// instance has no host, and at an unshelve the instance gets its host only after the binding.
    var answer: Duration
    /// Cleaning on the host, counted while the host is up; afterwards the handle is quarantined.
    var cleaning: Duration
    /// How long an event is sent again to a compute service that does not know the instance yet; by default, as long as
    /// it waits.
    var notification: Duration
    /// How long a host may be down before its capacity is withheld in Placement.
    var silence: Duration
    /// How long events are kept.
    var audit: Duration
    /// Loading of an image, from its acceptance; afterwards its device is set aside.
    var programming: Duration
    /// How long the response to a call before 2.6 waits for that.
    var programmingAnswer: Duration

    public init(
        preparation: Duration = .seconds(60), answer: Duration = .zero, cleaning: Duration = .seconds(900),
        notification: Duration = .seconds(300), silence: Duration = .seconds(60),
        audit: Duration = .seconds(90 * 86_400), programming: Duration = .seconds(900),
        programmingAnswer: Duration = .seconds(60)
    ) {
        self.programming = programming
        self.programmingAnswer = programmingAnswer
        self.preparation = preparation
        self.answer = answer
        self.cleaning = cleaning
        self.notification = notification
        self.silence = silence
        self.audit = audit
    }
}
