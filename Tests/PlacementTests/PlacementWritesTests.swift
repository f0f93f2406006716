import Clients
import Conventions
import Model
import Placement
import Store
import TestStore
import Testing

/// Claims inside another service's transaction, as the compute service makes them with the server that they are for.
@Suite struct PlacementWritesTests {
    private struct GivenUp: Error {}

    private static let now = Timestamp(microseconds: 1_795_219_649_000_000)
    private static let servers = Migration(
        room: "servers", number: 1, title: "what claims are for",
        statements: ["CREATE TABLE servers (id TEXT PRIMARY KEY)"])

    private func world() async throws -> (fixture: PlacementFixture, provider: ResourceProviderID) {
        let fixture = try await PlacementFixture(migrations: [Self.servers])
        let id = try await fixture.provider("host", ["VCPU": 4])
        return (fixture, try #require(ResourceProviderID(id)))
    }

    private func claim(
        _ consumer: ConsumerID, _ provider: ResourceProviderID, _ amount: Int, generation: Int? = nil
    ) -> AllocationClaim {
        AllocationClaim(
            consumer: consumer, allocations: [provider: [.vcpu: amount]], project: "p", user: "u", type: "INSTANCE",
            generation: generation)
    }

    /// Makes a server with its claim, in one commit.
    private func create(
        _ claim: AllocationClaim, in fixture: PlacementFixture, thenFailing: Bool = false
    ) async throws {
        let placement: any PlacementWrites = fixture.client
        let after = try await fixture.store.write { transaction in
            let after = try placement.claim([claim], at: Self.now, in: transaction)
            try transaction.execute("INSERT INTO servers (id) VALUES (\(claim.consumer))")
            if thenFailing { throw GivenUp() }
            return after
        }
        await after.run()
    }

    private func servers(_ fixture: PlacementFixture) async throws -> Int? {
        try await fixture.store.read { transaction in
            try transaction.first("SELECT COUNT(*) FROM servers") { row in try row[0] }
        }
    }

    @Test func `a claim and what it is for are one commit`() async throws {
        let (fixture, provider) = try await world()
        let consumer: ConsumerID = IDSource.random.next()
        let before = try await fixture.client.inventories(of: provider).generation
        await #expect(throws: GivenUp.self) {
            try await create(claim(consumer, provider, 3), in: fixture, thenFailing: true)
        }
        #expect(try await fixture.client.allocations(of: provider) == [:])
        #expect(try await fixture.client.inventories(of: provider).generation == before)
        #expect(try await fixture.candidates("resources=VCPU:4").count == 1)
        #expect(try await servers(fixture) == 0)

        try await create(claim(consumer, provider, 3), in: fixture)
        #expect(try await fixture.client.allocations(of: provider) == [consumer: [.vcpu: 3]])
        #expect(try await fixture.client.inventories(of: provider).generation == before + 1)
        // The index of this replica has heard of it.
        #expect(try await fixture.candidates("resources=VCPU:2").isEmpty)
        #expect(try await fixture.candidates("resources=VCPU:1").count == 1)
        #expect(try await servers(fixture) == 1)
    }

    @Test func `what does not fit makes nothing of both`() async throws {
        let (fixture, provider) = try await world()
        let (one, other): (ConsumerID, ConsumerID) = (IDSource.random.next(), IDSource.random.next())
        try await create(claim(one, provider, 3), in: fixture)
        for (wrong, status) in [
            (claim(other, provider, 2), 409), (claim(one, provider, 1), 409),
            (claim(one, provider, 1, generation: 7), 409),
            (claim(other, IDSource.random.next(), 1), 400), (claim(other, provider, 0), 400),
        ] {
            let fault = await #expect(throws: Fault.self) { try await create(wrong, in: fixture) }
            #expect(fault?.kind.status == status, "\(fault?.message ?? "")")
        }
        #expect(try await servers(fixture) == 1)
        #expect(try await fixture.client.allocations(of: provider) == [one: [.vcpu: 3]])
    }

    @Test func `what is given back goes with its server, or stays with it`() async throws {
        let (fixture, provider) = try await world()
        let consumer: ConsumerID = IDSource.random.next()
        try await create(claim(consumer, provider, 4), in: fixture)
        let placement: any PlacementWrites = fixture.client
        for isGivenUp in [true, false] {
            let after = try? await fixture.store.write { transaction in
                let after = try placement.release(consumer, at: Self.now, in: transaction)
                try transaction.execute("DELETE FROM servers WHERE id = \(consumer)")
                if isGivenUp { throw GivenUp() }
                return after
            }
            await after?.run()
            #expect(try await servers(fixture) == (isGivenUp ? 1 : 0))
            let held = try await fixture.client.allocations(of: provider)
            #expect(held == (isGivenUp ? [consumer: [.vcpu: 4]] : [:]))
            #expect(try await fixture.candidates("resources=VCPU:4").count == (isGivenUp ? 0 : 1))
        }
        let nothing = try await fixture.store.write { try placement.release(consumer, at: Self.now, in: $0) }
        await nothing.run()
    }
}
