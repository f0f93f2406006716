import API
import Services
import Store
import TestStore
import Testing

@testable import ControlPlane

/// What `/readyz` reports.
@Suite struct ReadinessTests {
    @Test func `what services need is named, and keeps no requests away`() async throws {
        let store = try await TestStore.open([])
        let readiness = Readiness(WatchedStore(store))
        let fast = Dependency("image store 'fast'", trouble: nil)
        let slow = Dependency("image store 'slow'", trouble: "The store is full.")
        #expect(await readiness.report(on: [fast]).obstacles == ["starting: the index is being loaded"])
        readiness.start()
        let good = await readiness.report(on: [fast, slow])
        #expect(good.obstacles.isEmpty)
        #expect(good.notes == ["image store 'fast': ok", "image store 'slow': The store is full."])
        let broken = Dependency("image store 'fast'", trouble: "The store does not respond.")
        let bad = await readiness.report(on: [broken, slow])
        #expect(bad.obstacles.isEmpty)
        #expect(
            bad.notes == ["image store 'fast': The store does not respond.", "image store 'slow': The store is full."])
        await store.close()
    }
}
