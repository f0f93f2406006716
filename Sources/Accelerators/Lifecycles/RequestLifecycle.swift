/// The life of an accelerator request (ARQ), by the wire's names.
///
///     Initial, Unbound ──bind──▶ Bound                     (nothing to prepare)
///     Initial, Unbound ──bind──▶ BindStarted ──prepared──▶ Bound
///                                     └──failed──▶ BindFailed
///     any ──unbind──▶ Unbound          any ──delete──▶ (gone)
///
/// Pure: event in, action out.
struct RequestLifecycle: Equatable, Sendable {
    enum State: String, Sendable, CaseIterable {
        case initial = "Initial"
        case bindStarted = "BindStarted"
        case bound = "Bound"
        case bindFailed = "BindFailed"
        case unbound = "Unbound"

        /// Whether the compute service need not wait for it any longer.
        var isResolved: Bool { self == .bound || self == .bindFailed }
        static let resolved = allCases.filter(\.isResolved).map(\.rawValue)
        /// Whether it counts towards its project's limit of bound accelerators.
        var isCharged: Bool { self == .bound || self == .bindStarted }
    }

    enum Event: Equatable, Sendable {
        case bind(needsPreparation: Bool)
        case prepared
        case failed
        case unbind
    }

    enum Action: Equatable, Sendable {
        /// Notify the compute service whether the request is bound.
        case tell(isBound: Bool)
        /// Release the attach handle.
        case release
    }

    private(set) var state: State

    init(state: State) {
        self.state = state
    }

    /// Nil if the event does not apply to the state; then nothing has changed.
    mutating func apply(_ event: Event) -> [Action]? {
        switch (state, event) {
        case (.initial, .bind(let needsPreparation)), (.unbound, .bind(let needsPreparation)):
            state = needsPreparation ? .bindStarted : .bound
            return needsPreparation ? [] : [.tell(isBound: true)]
        case (.bindStarted, .prepared):
            state = .bound
            return [.tell(isBound: true)]
        case (.bindStarted, .failed):
            state = .bindFailed
            return [.release, .tell(isBound: false)]
        case (.bindStarted, .unbind), (.bound, .unbind):
            state = .unbound
            return [.release]
        case (.initial, .unbind), (.unbound, .unbind), (.bindFailed, .unbind):
            state = .unbound
            return []
        default:
            return nil
        }
    }
}
