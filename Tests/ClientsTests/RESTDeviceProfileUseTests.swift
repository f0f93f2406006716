import Clients
import Model
import Testing

@Suite struct RESTDeviceProfileUseTests {
    private struct Peer: HTTPTransport {
        let answer: PeerResponse

        func send(_ request: PeerRequest) async throws(Fault) -> PeerResponse {
            request.path == "/device_profiles" ? answer : PeerResponse(status: 404)
        }
    }

    private func classes(_ status: Int, _ body: String) async throws(Fault) -> [String: Set<String>] {
        try await RESTDeviceProfileUse(transport: Peer(answer: PeerResponse(status: status, body: Array(body.utf8))))
            .classes()
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
