import Model
import Store
import Testing

@testable import Workflows

/// Transactions with effects between them, each later one built on what an earlier one left.
///
///     a (leaves a token) ▶ b (effect, leaves a key made of it) ▶ c (books both) ▶ d (effect, perhaps the pivot) ▶ e
struct Journey {
    enum End {
        case done
        /// The last step gives up.
        case failed
        /// The last step, which is past the pivot, gives up twice before it goes on.
        case stubborn
    }

    static let kind = WorkflowType<String>("test.journey")
    static let token = StepName<Int>("a")
    static let key = StepName<String>("b")

    let world: WorkflowFixture.World
    let end: End

    var definition: WorkflowDefinition {
        let end = end
        return WorkflowDefinition(
            Self.kind, in: WorkflowFixture.slots,
            steps: [
                first, second,
                .booking("c") { context, transaction in
                    let parts = (try context.output(of: Self.token), try context.output(of: Self.key))
                    #expect(parts == (7, "b-7") && context.input == "x" && context.behalf.project == "blue")
                    return .done
                },
                third(isPivot: end == .stubborn),
                .booking("e") { context, _ in
                    switch end {
                    case .done: .done
                    case .failed: .failed("it was told to")
                    case .stubborn: context.attempt < 2 ? .failed("not yet") : .done
                    }
                },
            ])
    }

    private var first: WorkflowStep<String> {
        .transaction(
            Self.token,
            act: { _, transaction in
                try WorkflowFixture.book("a", 1, transaction)
                return .done(with: 7)
            },
            undo: { context, transaction in
                #expect(try context.outputIfDone(of: Self.token) == 7)
                try WorkflowFixture.book("a", -1, transaction)
                return .done
            })
    }

    private var second: WorkflowStep<String> {
        .effect(
            Self.key,
            act: { [world] context in
                let key = "b-\(try context.output(of: Self.token))"
                world.set(key, true)
                return .done(with: key)
            },
            undo: { [world] context in
                if let key = try context.outputIfDone(of: Self.key) { world.set(key, false) }
                return .done
            })
    }

    private func third(isPivot: Bool) -> WorkflowStep<String> {
        .effect(
            "d", isPivot: isPivot,
            act: { [world] _ in
                world.set("d", true)
                return .done
            },
            undo: { [world] _ in
                world.set("d", false)
                return .done
            })
    }
}
