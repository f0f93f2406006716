import Synchronization

/// Which workflows are known, in whose slots they run, and how many slots are taken.
final class SlotTable: Sendable {
    private struct State {
        var definitions: [String: WorkflowDefinition] = [:]
        /// By the name of the slots.
        var taken: [String: Int] = [:]
    }

    private let state = Mutex(State())

    func register(_ definition: WorkflowDefinition) {
        state.withLock { $0.definitions[definition.name] = definition }
    }

    func definition(_ name: String) -> WorkflowDefinition? { state.withLock { $0.definitions[name] } }

    var known: [WorkflowDefinition] {
        state.withLock { $0.definitions.values.sorted { $0.name < $1.name } }
    }

    /// What may be taken now: for each service with free slots its definitions, in the order of names.
    func free() -> [LeaseBook.Wanted] {
        state.withLock { state in
            Dictionary(grouping: state.definitions.values, by: \.slots.name).sorted { $0.key < $1.key }
                .compactMap { name, definitions in
                    let count = definitions.map(\.slots.count).max() ?? 0
                    let free = count - state.taken[name, default: 0]
                    return free > 0 ? .init(definitions: definitions.map(\.name).sorted(), limit: free) : nil
                }
        }
    }

    /// One of this definition runs.
    func occupy(_ definition: String) { count(definition, 1) }

    /// It runs no more.
    func release(_ definition: String) { count(definition, -1) }

    private func count(_ definition: String, _ change: Int) {
        state.withLock { state in
            guard let slots = state.definitions[definition]?.slots else { return }
            state.taken[slots.name, default: 0] += change
        }
    }
}
