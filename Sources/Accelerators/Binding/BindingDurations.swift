/// How long the parts of a binding may take.
public struct BindingDurations: Sendable {
    /// Preparation on the host; past it the requests of the PATCH fail together.
    public var preparation: Duration
    /// Removal of what a tenant left; past it the handle is quarantined.
    public var cleaning: Duration
    /// How long the compute service is told again when it does not know the instance yet; its own wait by default.
    public var notification: Duration

    public init(
        preparation: Duration = .seconds(60), cleaning: Duration = .seconds(900),
        notification: Duration = .seconds(300)
    ) {
        self.preparation = preparation
        self.cleaning = cleaning
        self.notification = notification
    }
}
