import Clients
import Model
import TestPlacement
import TestWatched
import Testing

/// The double keeps the contract that the real clients keep.
@Suite struct MemoryPlacementContractTests {
    @Test(arguments: PlacementContract.all)
    func `the double keeps the contract`(contract: PlacementContract) async throws {
        let placement = MemoryPlacement()
        try await contract.check(
            PlacementUnderTest(client: placement) { consumer, holdings in
                placement.state.change { state in
                    for (provider, amounts) in holdings {
                        state.providers[provider]?.allocations[consumer] = amounts
                        state.providers[provider]?.generation += 1
                    }
                }
            })
    }
}
