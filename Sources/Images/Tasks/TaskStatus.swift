/// The life of a task, by the wire's names.
///
///     pending ──begin──▶ processing ──succeed──▶ success
///        └─────fail──────────┴───────fail──────▶ failure
///
/// Pure; a task that has ended stays as it is.
enum TaskStatus: String, Sendable, CaseIterable {
    case pending
    case processing
    case success
    case failure

    enum Event: Equatable, Sendable {
        case begin, succeed, fail
    }

    /// Nil if the event does not apply.
    func after(_ event: Event) -> TaskStatus? {
        switch (self, event) {
        case (.pending, .begin): .processing
        case (.processing, .succeed): .success
        case (.pending, .fail), (.processing, .fail): .failure
        default: nil
        }
    }
}
