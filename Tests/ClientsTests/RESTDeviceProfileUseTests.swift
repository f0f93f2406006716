import Clients
import Model
import Testing

@Suite struct RESTDeviceProfileUseTests {
    private func classes(_ status: Int, _ body: String) async throws(Fault) -> [String: Set<String>] {
        let neighbour = StubNeighbour(status, body)
        let classes = try await RESTDeviceProfileUse(peer: ServicePeer(.accelerator, transport: neighbour, tokens: nil))
            .classes()
        #expect(neighbour.requests.map(\.path) == ["/device_profiles"])
        return classes
    }

    @Test func classesByProfile() async throws {
        let found = try await classes(
            200,
            #"""
            {"device_profiles": [
                {"name": "a", "uuid": "u", "groups": [{"resources:FPGA": "1", "trait:CUSTOM_X": "required"}, {"resources:PGPU": 2}]},
                {"name": "b", "groups": [{"resources1:VGPU": "1", "accel:function_id": "resources:NO"}]}]}
            """#)
        #expect(found == ["a": ["FPGA", "PGPU"], "b": ["VGPU"]])
    }

    @Test(arguments: [(403, "{}"), (200, "[]"), (500, "")])
    func anythingElseIsSaid(status: Int, body: String) async {
        let fault = await #expect(throws: Fault.self) { try await classes(status, body) }
        #expect(fault?.message == "The accelerator service does not list its device profiles (\(status)).")
    }
}
