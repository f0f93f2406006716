import Fleet
import Model
import Store
import Workflows

/// Withholds in Placement what a host has whose agent is gone, and gives it back when the agent is back.
///
///     wait ──down for `silence`, or up──▶ settle (withhold, or give back) ──the host changed again──▶ settle …
///
/// One is started with each change of a host; each looks at what is true when it acts, so their order does not matter.
struct AvailabilityWorkflow: Sendable {
    struct Input: Codable, Sendable {
        let host: HostName
        /// Microseconds since 1970 UTC.
        let since: Int64
    }

    static let kind = WorkflowType<Input>("accelerators.availability")

    let store: any StateStore
    let withholding: Withholding
    let durations: BindingDurations

    var definition: WorkflowDefinition {
        WorkflowDefinition(
            Self.kind, in: .acceleratorNeighbours,
            steps: [
                .transaction("wait") { context, transaction in
                    guard try Self.isDown(context.input.host, in: transaction) else { return .done }
                    let due = Timestamp(microseconds: context.input.since) + durations.silence
                    return context.now < due ? .wait(until: due) : .done
                },
                .effect("settle") { context in
                    let host = context.input.host
                    for _ in 0..<4 {
                        let isDown = try await store.read { try Self.isDown(host, in: $0) }
                        if isDown {
                            try await withholding.withhold(host)
                        } else {
                            try await withholding.giveBack(host)
                        }
                        if try await store.read({ try Self.isDown(host, in: $0) }) == isDown { return .done }
                    }
                    return .wait(until: context.now + .seconds(5))
                },
            ])
    }

    private static func isDown(_ host: HostName, in transaction: any Transaction) throws -> Bool {
        try HostDirectory.find(host, in: transaction)?.state == .down
    }
}
