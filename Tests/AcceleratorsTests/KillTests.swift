import Clients
import HTTPTypes
import Link
import Model
import Sanitisation
import Store
import StoreSQLite
import TestJSON
import TestStore
import Testing
import Workflows

/// W26, W31: any replica goes on with what another began. The process dies at every write it makes while it creates, binds, tells, releases and cleans, before the commit or
/// right after it; another replica goes on. Always converges, nothing is leaked, nothing is bound twice.
@Suite struct KillTests {
    /// Whoever of the two is alive does the next thing; a client whose call broke off calls again.
    struct World {
        let doomed: AcceleratorFixture
        let heir: AcceleratorFixture
        let stage: Stage

        var isDead: Bool { (doomed.serving as? MortalStore)?.isDead ?? false }
        var alive: AcceleratorFixture { isDead ? heir : doomed }

        func call(_ call: (AcceleratorFixture) async throws -> Answer) async throws -> Answer {
            let first = try await call(alive)
            guard first.status >= 500, isDead else { return first }
            return try await call(heir)
        }

        /// Hosts do what stands in the database until nothing is left to do.
        func settle(_ outcome: (DeviceWork.Kind) -> WorkOutcome = { _ in .done }) async throws {
            var hasWaited = false
            for _ in 0..<40 {
                await alive.engine.runDue()
                if isDead {
                    if !hasWaited {
                        // The dead one's leases run out.
                        heir.clock.advance(.seconds(31))
                        hasWaited = true
                    }
                    await heir.engine.runDue()
                }
                guard let item = try await heir.work().first else { return }
                stage.enter(item.kind)
                do {
                    try await alive.finish(item, outcome(item.kind))
                } catch is MortalStore.Dead {
                    continue
                }
            }
            Issue.record("the work does not end")
        }
    }

    /// The last write of the whole run is below it; `reaches` proves that.
    static let writes = 56

    func world(_ write: Int, _ commitsLast: Bool) async throws -> World {
        let heir = try await AcceleratorFixture(owner: "heir")
        let stage = Stage()
        let doomed = try await AcceleratorFixture(
            compute: heir.compute, on: heir, dyingAt: (write, commitsLast: commitsLast), stage: stage, owner: "doomed")
        return World(doomed: doomed, heir: heir, stage: stage)
    }

    func run(_ world: World, failing: Bool) async throws {
        let instance = Reports.instance(1)
        let report = Reports.host([Reports.device(units: 2, needsPreparation: true, needsCleaning: true)])
        do { try await world.alive.report(report) } catch is MortalStore.Dead { try await world.heir.report(report) }
        try await world.heir.profile("p", count: 2)
        world.stage.enter(.create)
        let made = try await world.call {
            try await $0.call(.post, "/v2/accelerator_requests", ["device_profile_name": "p"], as: .member)
        }
        #expect(made.status == 201)
        let ids = made.json["arqs"].array.map { $0["uuid"].text }
        world.stage.enter(.bind)
        let bound = try await world.call {
            try await $0.bind(ids, instance: instance, provider: Reports.provider(1))
        }
        // A client that calls again after the commit hears that it is done already.
        #expect(bound.status == 202 || bound.fault.contains("already has"))
        try await world.settle { kind in failing && kind == .prepare ? .failed("told to") : .done }
        for id in ids {
            let request = try await world.heir.show(id)
            #expect(request["state"] == (failing ? "BindFailed" : "Bound"))
            #expect(
                world.heir.compute.received.contains { $0.request.description == id && $0.isBound == !failing })
        }
        if !failing { #expect(try await world.heir.handleStates() == ["held": 2]) }
        world.stage.enter(.delete)
        let deleted = try await world.call {
            try await $0.call(
                .delete, "/v2/accelerator_requests?instance=\(instance)", as: .memberThroughService)
        }
        #expect(deleted.status == 204)
        try await world.settle()
        #expect(try await world.heir.handleStates() == ["available": 2])
        #expect(try await world.heir.withheld() == [])
        // One certificate for each cleaning, however often it was cut off, and an unbroken chain.
        let certificates = try await world.heir.chain()
        #expect(certificates.count == 2)
        #expect(ChainCheck(certificates, trusted: world.heir.certificates.published).holds)
        let open = try await world.heir.store.read { transaction in
            try transaction.all(
                "SELECT definition FROM workflows WHERE state IN ('running', 'undoing')"
            ) { row in try row[0] as String }
        }
        #expect(open == [])
        world.stage.say("server, killed at a write")
    }

    @Test(arguments: FaultMoments.upTo(KillTests.writes), [false, true])
    func `a bind, a release and a cleaning survive it`(write: Int, commitsLast: Bool) async throws {
        try await run(try await world(write, commitsLast), failing: false)
    }

    @Test(arguments: FaultMoments.upTo(KillTests.writes), [false, true])
    func `so does a bind that fails`(write: Int, commitsLast: Bool) async throws {
        try await run(try await world(write, commitsLast), failing: true)
    }

    @Test func `the kills reach the last write`() async throws {
        for failing in [false, true] {
            let world = try await world(1000, true)
            try await run(world, failing: failing)
            let count = (world.doomed.serving as? MortalStore)?.count ?? 0
            #expect(count > 10 && count <= Self.writes, "\(count) writes")
        }
    }
}
