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

    /// A service that answers one page for each query.
    private struct Pages: HTTPTransport {
        let bodies: [String: String]

        func send(_ request: PeerRequest) async throws(Fault) -> PeerResponse {
            guard let body = bodies[request.path] else { throw .notFound("no page \(request.path)") }
            return PeerResponse(status: 200, body: Array(body.utf8))
        }
    }

    private func page(_ name: String, next: String?) -> String {
        let link =
            next.map { #", "device_profiles_links": [{"rel": "next", "href": "http://outside/v2\#($0)"}]"# } ?? ""
        return #"{"device_profiles": [{"name": "\#(name)", "groups": [{"resources:FPGA": "1"}]}]\#(link)}"#
    }

    @Test func `every page is read`() async throws {
        let pages = Pages(bodies: [
            "/device_profiles": page("a", next: "/device_profiles?limit=1&marker=a"),
            "/device_profiles?limit=1&marker=a": page("b", next: "/device_profiles?limit=1&marker=b"),
            "/device_profiles?limit=1&marker=b": page("c", next: nil),
        ])
        let found = try await RESTDeviceProfileUse(peer: ServicePeer(.accelerator, transport: pages, tokens: nil))
            .classes()
        #expect(found == ["a": ["FPGA"], "b": ["FPGA"], "c": ["FPGA"]])
    }

    @Test func `pages that lead to themselves end with a fault`() async {
        let pages = Pages(bodies: [
            "/device_profiles": page("a", next: "/device_profiles?marker=a"),
            "/device_profiles?marker=a": page("a", next: "/device_profiles?marker=a"),
        ])
        let fault = await #expect(throws: Fault.self) {
            try await RESTDeviceProfileUse(peer: ServicePeer(.accelerator, transport: pages, tokens: nil)).classes()
        }
        #expect(fault?.kind == .badGateway)
    }
}
