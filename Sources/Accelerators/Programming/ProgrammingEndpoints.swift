import API
import Conventions
import HTTPTypes
import Model
import Store

/// `PATCH /v2/deployables/{uuid}/program`, and what became of it.
///
/// To 2.5 the response comes when the image is on the device, as the original's does. From 2.6 it comes at once, and progress and result
/// are read.
struct ProgrammingEndpoints: Sendable {
    let store: any StateStore
    let programmer: Programmer
    let watch: ChangeWatch<WorkflowID>
    /// How long a call to 2.5 waits for the host.
    let patience: Duration

    private static let uuid = PathParameter<DeployableID>("uuid", "The deployable's id")
    /// Of the newest of a deployable.
    private static let most = 100

    var all: [Endpoint] {
        [
            Endpoint(
                .patch, "/v2/deployables/\(Self.uuid)/program", "Program a deployable with a bitstream",
                before: .programming, body: [ProgramOperation].self, access: .rule("cyborg:deployable:program"),
                answers: .json(DeployableView.self), faults: [.notFound, .conflict]
            ) { call, operations in try await programAndWait(call, operations) },
            Endpoint(
                .patch, "/v2/deployables/\(Self.uuid)/program", "Program a deployable with a bitstream",
                since: .programming, body: [ProgramOperation].self, access: .rule("cyborg:deployable:program"),
                answers: .json(ProgrammingView.self, status: 202), faults: [.notFound, .conflict]
            ) { call, operations in
                let id = try await start(call, operations)
                guard let begun = try await find(id) else { throw Fault.internalError("programming \(id) is gone") }
                return try .json(ProgrammingView(begun), status: 202)
            },
            Endpoint(
                .get, "/v2/deployables/\(Self.uuid)/programmings",
                "List what was loaded onto a deployable and what is being loaded", since: .programming,
                access: .rule("cyborg:deployable:get_one"), answers: .json(ProgrammingListView.self),
                faults: [.notFound]
            ) { call in try await list(call) },
        ]
    }

    private func start(_ call: Call, _ operations: [ProgramOperation]) async throws -> WorkflowID {
        let image = try ProgramOperation.image(operations)
        return try await programmer.start(image, onto: try call[Self.uuid], for: call.caller, by: Actor(call))
    }

    private func programAndWait(_ call: Call, _ operations: [ProgramOperation]) async throws -> Reply {
        let deployable = try call[Self.uuid]
        let id = try await start(call, operations)
        let ended = try await watch.wait(for: [id], span: patience) { () -> Programming? in
            guard let found = try await find(id), found.state == .done || found.state == .failed else { return nil }
            return found
        }
        guard let ended else {
            throw Fault.unavailable(
                "The image is still being loaded (\(id)). Version 2.6 lists what becomes of it at "
                    + "/v2/deployables/\(deployable)/programmings.")
        }
        guard ended.state == .done else {
            throw Fault(.internalError, "The image was not loaded: \(ended.reason ?? "the host did not say why")")
        }
        let shown = try await store.read { try DeployableEndpoints.read("p.uuid = \(deployable)", in: $0).first }
        guard let (found, attributes) = shown else { throw Fault.notFound("There is no deployable \(deployable).") }
        return try .json(DeployableView(found, attributes: attributes, call))
    }

    private func find(_ id: WorkflowID) async throws -> Programming? {
        try await store.read { [book = programmer.book] in try book.read(id, in: $0) }
    }

    private func list(_ call: Call) async throws -> Reply {
        let id = try call[Self.uuid]
        let found: [Programming]? = try await store.read { transaction in
            guard try transaction.exists("SELECT 1 FROM deployables WHERE uuid = \(id)") else { return nil }
            return try transaction.all(
                """
                SELECT \(Programming.columns) FROM programmings g WHERE g.deployable = \(id)
                ORDER BY g.created_at DESC, g.uuid DESC LIMIT \(Self.most)
                """
            ) { row in try Programming(row) }
        }
        guard let found else { throw Fault.notFound("There is no deployable \(id).") }
        return try .json(ProgrammingListView(programmings: found.map { ProgrammingView($0) }))
    }
}
