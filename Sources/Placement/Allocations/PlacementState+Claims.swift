import Model
import Store

extension PlacementState {
    /// Writes the claims of one request, all or none. Throws the fault for the client.
    func claim(_ claims: [ConsumerClaim]) async throws {
        if claims.allSatisfy({ $0.generation == .absent && !$0.allocations.isEmpty }), try await claimFresh(claims) {
            return
        }
        try await inLanes(Set(claims.flatMap(\.allocations.keys))) {
            try await write { try ClaimBook(ledger: $0).write(claims) }
        }
    }

    /// The fast path for consumers that hold nothing yet. Returns false if the general path must decide.
    private func claimFresh(_ claims: [ConsumerClaim]) async throws -> Bool {
        switch store.dialect {
        // Its writer's queue is the line: there claims share commits anyway.
        case .sqlite: try await writeFresh([claims])[0]
        case .postgresql: try await line.run(claims) { try await writeFresh($0) }
        }
    }

    /// Writes requests; returns which of them are written.
    private func writeFresh(_ requests: ClaimLine.Requests) async throws -> [Bool] {
        let foreseen: (FreshClaims, [Bool])? = coherence.look { index in
            var fresh = FreshClaims()
            let areTaken = requests.map { fresh.add($0, foreseenFrom: index) }
            return (fresh, areTaken)
        }
        let none = requests.map { _ in false }
        guard let (fresh, areTaken) = foreseen, !fresh.isEmpty else { return none }
        do {
            try await inLanes(Set(fresh.requests.keys)) { try await write { try fresh.write(in: $0) } }
            return areTaken
        } catch is FreshClaims.Declined {
            return none
        }
    }

    /// If transactions run concurrently, those of one provider wait for one another here instead of failing in the
    /// database.
    private func inLanes<Result: Sendable>(
        _ providers: Set<ResourceProviderID>, _ body: @Sendable () async throws -> Result
    ) async throws -> Result {
        if store.dialect == .sqlite { return try await body() }
        return try await lanes.run(on: providers, body)
    }
}
