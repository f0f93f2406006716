import Model
import Testing

@testable import DeviceAgent

/// When the agent looks at Placement before its interval is over.
@Suite("What is withheld, and when Placement is looked at again")
struct WithheldIntentTests {
    @Test("a new desired state is a reason while something is withheld, a repeated one is not")
    func newState() async {
        let intent = Intent(withdrawn: []) { _ in }
        await intent.have([], isComplete: true)
        func revision() async -> Int? { await intent.currentWish?.revision }
        await intent.withhold([], by: 1)
        let open = await revision()
        await intent.withhold([], by: 2)
        #expect(await revision() == open)
        let part = ProviderPart(IDSource.random.next())
        await intent.withhold([part], by: 2)
        let withheld = await revision()
        #expect(withheld != open)
        await intent.withhold([part], by: 2)
        #expect(await revision() == withheld)
        // Somebody wrote to it, and the control plane had this host's state move.
        await intent.withhold([part], by: 3)
        #expect(await revision() != withheld)
    }
}
