/// The life of an attach handle: from free, through a tenant's hands, and back.
///
///     available ──reserve──▶ held ◀──prepared── preparing ◀──reserve (the host must act first)── available
///                              │                    │ release, failed
///                              ├──release (was prepared)──▶ withdrawing ──finished──┐
///                              ├──release (keeps content)────────────────────▶ cleaning ──finished──▶ available
///                              └──release──▶ available                              │
///     withdrawing, cleaning ──failed──▶ error ──retry──▶ withdrawing or cleaning ; error ──free──▶ available
///     available, held ──set aside──▶ error
///
/// Pure: event in, actions out. Only `available` handles are given out; whatever is not `available` is withheld.
struct HandleLifecycle: Equatable, Sendable {
    enum State: String, Sendable, CaseIterable {
        case available
        /// Reserved; its host makes it attachable.
        case preparing
        case held
        /// Released; its host undoes the preparation.
        case withdrawing
        /// Released; its host removes the tenant's data.
        case cleaning
        /// Its host failed: nobody gets it until an operator decides.
        case error
    }

    enum Event: Equatable, Sendable {
        case reserve
        case release
        /// The host's work succeeded.
        case finished
        /// The host's work failed or took too long.
        case failed(String)
        /// Nobody knows what its device has now, with the reason.
        case setAside(String)
        /// An operator requests another attempt.
        case retry
        /// An operator releases it without cleaning.
        case free
    }

    enum Action: Equatable, Sendable {
        /// The host must prepare, withdraw or clean it.
        case begin(Work)
        /// The host's work is no longer wanted.
        case drop
    }

    enum Work: Equatable, Sendable {
        case prepare
        case withdraw
        case clean
    }

    private(set) var state: State
    /// Why it is in `error`.
    private(set) var reason: String?
    let needsPreparation: Bool
    let needsCleaning: Bool

    init(state: State, reason: String? = nil, needsPreparation: Bool, needsCleaning: Bool) {
        self.state = state
        self.reason = reason
        self.needsPreparation = needsPreparation
        self.needsCleaning = needsCleaning
    }

    /// Whether it is neither reserved nor available.
    var isDirty: Bool {
        switch state {
        case .withdrawing, .cleaning, .error: true
        case .available, .preparing, .held: false
        }
    }

    /// Nil if the event does not apply to the state; then nothing has changed.
    mutating func apply(_ event: Event) -> [Action]? {
        switch (state, event) {
        case (.available, .reserve):
            state = needsPreparation ? .preparing : .held
            return needsPreparation ? [.begin(.prepare)] : []
        case (.preparing, .finished):
            state = .held
            return []
        case (.preparing, .release):
            return [.drop] + giveBack()
        case (.preparing, .failed), (.held, .release):
            return giveBack()
        case (.withdrawing, .finished):
            return afterWithdrawal()
        case (.cleaning, .finished):
            state = .available
            return []
        case (.withdrawing, .failed(let why)), (.cleaning, .failed(let why)):
            state = .error
            reason = why
            return [.drop]
        case (.available, .setAside(let why)), (.held, .setAside(let why)):
            state = .error
            reason = why
            return []
        case (.error, .retry):
            reason = nil
            return giveBack()
        case (.error, .free):
            reason = nil
            state = .available
            return []
        default:
            return nil
        }
    }

    /// A failed preparation may have acted in part, so it is withdrawn like a complete one.
    private mutating func giveBack() -> [Action] {
        guard needsPreparation else { return afterWithdrawal() }
        state = .withdrawing
        return [.begin(.withdraw)]
    }

    private mutating func afterWithdrawal() -> [Action] {
        guard needsCleaning else {
            state = .available
            return []
        }
        state = .cleaning
        return [.begin(.clean)]
    }
}
