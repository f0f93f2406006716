import Accelerators
import Clients
import Conventions
import Link
import Logging
import Model
import Placement
import Store
import TestStore
import Testing
import Workflows

/// Accelerators bound inside another service's transaction, as the compute service binds them with the claim and the server that they
/// are for.
@Suite struct AcceleratorWritesTests {
    private struct GivenUp: Error {}

    private struct World {
        let fixture: AcceleratorFixture
        let placement: LocalPlacementClient
        let request: AcceleratorRequestID
        let provider = Reports.provider(1)
        let instance = Reports.instance(1)

        var accelerators: any AcceleratorWrites { LocalAcceleratorClient(fixture.service) }
        var claims: any PlacementWrites { placement }
        var consumer: ConsumerID { ConsumerID(instance.uuid) }
    }

    private static let servers = Migration(
        room: "servers", number: 1, title: "what accelerators are for",
        statements: ["CREATE TABLE servers (id TEXT PRIMARY KEY)"])

    private func world(limits: FakeLimits? = nil, needsPreparation: Bool = false) async throws -> World {
        let store = try await TestStore.open(
            AcceleratorFixture.migrations + PlacementMigrations.all + [Self.servers])
        let fixture = try await AcceleratorFixture(limits: limits, over: store)
        try await fixture.report(Reports.host([Reports.device(units: 2, needsPreparation: needsPreparation)]))
        try await fixture.profile("p")
        let placement = LocalPlacementClient(
            PlacementService(store: store, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
        let provider = Reports.provider(1)
        _ = try await placement.createProvider(provider, name: "fpga", parent: nil)
        _ = try await placement.setInventories(
            of: provider, generation: 0, to: [ResourceClass.fpga: Inventory(total: 2)])
        let request = try await fixture.requests("p")[0]
        return World(
            fixture: fixture, placement: placement, request: try #require(AcceleratorRequestID(request)))
    }

    /// Makes a server with its claim and its accelerator, in one commit; says which requests hosts prepare for.
    @discardableResult
    private func create(
        in world: World, host: HostName = "host-a", project: ProjectID = "blue", units: Int = 1,
        thenFailing isGivenUp: Bool = false
    ) async throws -> [AcceleratorRequestID] {
        let (accelerators, claims, consumer) = (world.accelerators, world.claims, world.consumer)
        let binding = AcceleratorBinding(
            request: world.request, instance: world.instance, host: host, provider: world.provider, project: project)
        let claim = AllocationClaim(
            consumer: consumer, allocations: [world.provider: [ResourceClass.fpga: units]], project: "blue", user: "u",
            type: "INSTANCE", generation: nil)
        let limits = try await accelerators.limits(on: [binding])
        let now = world.fixture.clock.source.now()
        let (after, preparing) = try await world.fixture.store.write { transaction in
            let after = try claims.claim([claim], at: now, in: transaction)
            let preparing = try accelerators.bind(
                [binding], within: limits, by: .system, at: now, in: transaction)
            try transaction.execute("INSERT INTO servers (id) VALUES (\(consumer))")
            if isGivenUp { throw GivenUp() }
            return (after, preparing)
        }
        await after.run()
        return preparing
    }

    private func servers(_ world: World) async throws -> Int? {
        try await world.fixture.store.read { transaction in
            try transaction.first("SELECT COUNT(*) FROM servers") { row in try row[0] }
        }
    }

    /// Nothing is bound, nothing claimed, and nobody hears of it.
    private func isUntouched(_ world: World) async throws -> Bool {
        await world.fixture.engine.runDue()
        let owners = try await world.fixture.owners()
        let states = try await world.fixture.states(["\(world.request)"])
        let handles = try await world.fixture.handleStates()
        let work = try await world.fixture.work()
        let workflows = try await world.fixture.openWorkflows()
        let held = try await world.placement.allocations(of: world.provider)
        let servers = try await servers(world)
        return owners == 0 && states == ["Initial"] && handles == ["available": 2] && work.isEmpty
            && workflows.isEmpty && held.isEmpty && servers == 0 && world.fixture.compute.received.isEmpty
    }

    @Test func `a claim, an accelerator and a server are one commit`() async throws {
        let world = try await world()
        await #expect(throws: GivenUp.self) { try await create(in: world, thenFailing: true) }
        #expect(try await isUntouched(world))

        #expect(try await create(in: world).isEmpty)
        #expect(try await world.fixture.states(["\(world.request)"]) == ["Bound"])
        #expect(try await world.fixture.handleStates() == ["available": 1, "held": 1])
        #expect(try await world.placement.allocations(of: world.provider) == [world.consumer: [ResourceClass.fpga: 1]])
        #expect(try await servers(world) == 1)
        await world.fixture.engine.runDue()
        #expect(world.fixture.compute.received.map(\.request) == [world.request])
        await world.fixture.store.close()
    }

    @Test func `a host that has to prepare gets its work with the commit`() async throws {
        let world = try await world(needsPreparation: true)
        await #expect(throws: GivenUp.self) { try await create(in: world, thenFailing: true) }
        #expect(try await isUntouched(world))

        #expect(try await create(in: world) == [world.request])
        #expect(try await world.fixture.states(["\(world.request)"]) == ["BindStarted"])
        let work = try await world.fixture.work()
        #expect(work.map(\.request) == [world.request])
        try await world.fixture.finish(work[0])
        #expect(try await world.fixture.states(["\(world.request)"]) == ["Bound"])
        await world.fixture.store.close()
    }

    @Test func `what is refused makes nothing of all`() async throws {
        let none = ResourceLimit("class:FPGA", limit: 0)
        let limited = try await world(limits: FakeLimits(["blue": [none]]))
        let free = try await world()
        let attempts: [(world: World, host: HostName, project: ProjectID, units: Int, status: Int)] = [
            (limited, "host-a", "blue", 1, 403), (free, "host-b", "blue", 1, 409), (free, "host-a", "red", 1, 400),
            (free, "host-a", "blue", 3, 409),
        ]
        for attempt in attempts {
            let fault = await #expect(throws: Fault.self) {
                try await create(
                    in: attempt.world, host: attempt.host, project: attempt.project, units: attempt.units)
            }
            #expect(fault?.kind.status == attempt.status, "\(fault?.message ?? "")")
            #expect(try await isUntouched(attempt.world))
        }
        await limited.fixture.store.close()
        await free.fixture.store.close()
    }

    @Test func `a request is bound once in a commit`() async throws {
        let world = try await world()
        let binding = AcceleratorBinding(
            request: world.request, instance: world.instance, host: "host-a", provider: world.provider,
            project: "blue")
        let fault = await #expect(throws: Fault.self) {
            try await world.fixture.store.write { [accelerators = world.accelerators] transaction in
                _ = try accelerators.bind(
                    [binding, binding], within: [], by: .system, at: Timestamp(microseconds: 0), in: transaction)
            }
        }
        #expect(fault?.kind.status == 400)
        #expect(try await isUntouched(world))
        await world.fixture.store.close()
    }

    @Test func `what is given back goes with its server, or stays with it`() async throws {
        let world = try await world()
        try await create(in: world)
        let (accelerators, claims, consumer) = (world.accelerators, world.claims, world.consumer)
        let (instance, now) = (world.instance, world.fixture.clock.source.now())
        for isGivenUp in [true, false] {
            let after = try? await world.fixture.store.write { transaction in
                let after = try claims.release(consumer, at: now, in: transaction)
                try accelerators.release(instance, by: .system, at: now, in: transaction)
                try transaction.execute("DELETE FROM servers WHERE id = \(consumer)")
                if isGivenUp { throw GivenUp() }
                return after
            }
            await after?.run()
            #expect(try await servers(world) == (isGivenUp ? 1 : 0))
            let held = try await world.placement.allocations(of: world.provider)
            #expect(held == (isGivenUp ? [consumer: [ResourceClass.fpga: 1]] : [:]))
            let handles = try await world.fixture.handleStates()
            #expect(handles == (isGivenUp ? ["available": 1, "held": 1] : ["available": 2]))
        }
        try await world.fixture.store.write { transaction in
            try accelerators.release(instance, by: .system, at: now, in: transaction)
        }
        await world.fixture.store.close()
    }
}
