import Clients
import Model
import Store
import Workflows

/// Tells the compute service what became of requests, until it takes the news or its time is up.
///
/// Apart from the binding, so that a request is bound whether or not anyone hears of it. A compute service that knows
/// no such instance, or has given it no host yet, is told again. Of several events only those are sent again that it did not take; what it
/// refuses, or has not taken when the time is up, stands on the request and among the events.
struct NotifyWorkflow: Sendable {
    struct Event: Codable, Sendable, Equatable {
        let instance: InstanceID
        let request: AcceleratorRequestID
        let isBound: Bool
    }

    struct Input: Codable, Sendable {
        let events: [Event]
        /// Microseconds since 1970 UTC.
        let began: Int64
    }

    static let kind = WorkflowType<Input>("accelerators.notify")

    let store: any StateStore
    let events: any ComputeEvents
    let book: RequestBook

    var definition: WorkflowDefinition {
        WorkflowDefinition(
            Self.kind, in: .acceleratorNeighbours,
            steps: [
                .effect(
                    "tell", act: { context in try await tell(context) },
                    undo: { context in
                        let reason = "The compute service did not take the event in time."
                        try await store.write { [book] transaction in
                            try book.untold(context.input.events, because: reason, at: context.now, in: transaction)
                        }
                        return .done
                    })
            ])
    }

    private func tell(_ context: StepContext<Input>) async throws -> StepVerdict<NoOutput> {
        let input = context.input
        let wanted = try await wanted(input.events)
        if wanted.isEmpty { return .done }
        let outcomes = try await events.send(
            wanted.map { AcceleratorRequestBound(instance: $0.instance, request: $0.request, isBound: $0.isBound) })
        let left = wanted.filter { event in
            switch outcomes[event.request] {
            case .tryAgain, nil: true
            case .accepted, .refused: false
            }
        }
        let now = context.now
        if left.count == input.events.count {
            // As long again as half of what has passed, within 0.5 s and 5 s.
            let passed = now.since(Timestamp(microseconds: input.began))
            return .wait(until: now + min(max(passed / 2, .milliseconds(500)), .seconds(5)))
        }
        // What it did not take is another piece of work, so that the rest is not sent again.
        try await store.write { [book] transaction in
            try book.tell(
                left, since: Timestamp(microseconds: input.began), on: context.behalf, at: now, in: transaction)
            for event in wanted {
                guard case .refused(let reason) = outcomes[event.request] else { continue }
                try book.untold(
                    [event], because: "The compute service refused the event: \(reason)", at: now, in: transaction)
            }
        }
        return .done
    }

    /// The events that are still true: a request unbound or deleted meanwhile is nobody's news.
    private func wanted(_ events: [Event]) async throws -> [Event] {
        let ids = events.map(\.request)
        let current = try await store.read { transaction in
            try transaction.all(
                """
                SELECT uuid, instance FROM accelerator_requests
                WHERE uuid IN \(list: ids) AND state IN ('Bound', 'BindFailed')
                """
            ) { row in
                let request: AcceleratorRequestID = try row[0]
                let instance: InstanceID? = try row[1]
                return (request, instance)
            }
        }
        let instances = Dictionary(current) { first, _ in first }
        return events.filter { event in instances[event.request] == event.instance }
    }
}
