import ControlPlane
import FoundationEssentials
import Host
import Model
import TestSupport
import Testing

/// Devices that are pulled and come back while everything runs: the kernel says so, and both services follow. Nothing is looked at
/// between its events.
@Suite("Hot-plug, over HTTP in one process")
struct HotPlugTests {
    private static let address = "0000:82:10.1"

    private static func event(_ action: String, _ path: String) throws -> HostEvent {
        let device = String(path.dropFirst("/sys".count))
        return try #require(
            HostEvent(Array("\(action)@\(device)\0ACTION=\(action)\0DEVPATH=\(device)\0SUBSYSTEM=pci\0".utf8)))
    }

    @Test("a card that is pulled while it is held, and put back")
    func pulledAndPutBack() async throws {
        let (recorded, whole) = (
            try RecordedHost(file: MainJob.recordedHost), try RecordedHost(file: MainJob.recordedHost)
        )
        let (events, kernel) = AsyncStream<HostEvent>.makeStream()
        let tree = recorded.tree
        let link = "/sys/bus/pci/devices/\(Self.address)"
        let folder = try recorded.root.destination(of: link)
        let configuration = MainJob.offers.replacing("periodic_interval: 1s", with: "periodic_interval: 3600s")
        try await TestCloud.run(
            configuration: configuration, playedHosts: [DevelopmentCloud.PlayedHost(recorded, events: events)]
        ) { cloud in
            let job = try await MainJob(cloud)
            let providers = try await job.providers(18)
            let provider = try #require(providers.first { $0.name.hasSuffix(Self.address) })
            let host = try #require(provider.name.split(separator: "_").first.map(String.init))
            try await devices(17, job)
            try await candidates(4, job)
            let profile = try await job.accelerator(
                "POST", "/device_profiles", body: #"[{"name": "vf", "groups": [{"resources:CUSTOM_GPU_VF": "1"}]}]"#,
                token: job.admin)
            #expect(profile.status == 201)

            // Nobody has it: it goes altogether.
            tree.remove(link)
            let taken = tree.paths.filter { $0 == folder || $0.hasPrefix(folder + "/") }
            #expect(!taken.isEmpty)
            tree.remove(folder)
            kernel.yield(try Self.event("remove", folder))
            try await devices(16, job)
            try await candidates(3, job)
            _ = try await job.eventually {
                try await job.placement("GET", "/resource_providers?name=\(provider.name)")
            } _: {
                $0["resource_providers"]?.array.isEmpty == true
            }

            func putBack() throws {
                for path in whole.tree.paths where path.hasPrefix(folder + "/") {
                    if let node = whole.tree.node(at: path) { tree.put(node, at: path) }
                }
                tree.link(link, to: "../../../" + folder.dropFirst("/sys/".count))
                kernel.yield(try Self.event("add", folder))
            }
            try putBack()
            try await devices(17, job)
            let again = try await job.eventually {
                try await job.placement("GET", "/resource_providers?name=\(provider.name)")
            } _: {
                $0["resource_providers"]?.array.count == 1
            }
            #expect(again["resource_providers"]?[0]?["uuid"]?.text == provider.id, "it is the same provider")

            // A server has it: it stays on record, withheld, until the server lets go.
            try await reserved(0, of: provider.id, job)
            let instance = UUID().uuidString.lowercased()
            #expect(try await job.claim(instance, provider.id, "CUSTOM_GPU_VF").status == 204)
            let request = try await job.request("vf")
            #expect(
                try await job.bind(request, host: host, provider: provider.id, instance: instance).status == 202)
            _ = try await job.await(request, "Bound")
            tree.remove(link)
            tree.remove(folder)
            kernel.yield(try Self.event("remove", folder))
            try await reserved(1, of: provider.id, job)
            _ = try await job.await(request, "Bound")
            try putBack()
            let released = try await job.accelerator(
                "DELETE", "/accelerator_requests?instance=\(instance)", forwarded: true)
            #expect(released.status == 204)
            #expect(try await job.placement("DELETE", "/allocations/\(instance)").status == 204)
            try await devices(17, job)
        }
    }
    private func devices(_ count: Int, _ job: MainJob) async throws {
        _ = try await job.eventually {
            try await job.accelerator("GET", "/devices", token: job.admin)
        } _: {
            $0["devices"]?.array.count == count
        }
    }

    private func candidates(_ count: Int, _ job: MainJob) async throws {
        _ = try await job.eventually {
            try await job.placement("GET", "/allocation_candidates?resources=CUSTOM_GPU_VF:1")
        } _: {
            $0["allocation_requests"]?.array.count == count
        }
    }

    private func reserved(_ amount: Int, of provider: String, _ job: MainJob) async throws {
        _ = try await job.eventually {
            try await job.placement("GET", "/resource_providers/\(provider)/inventories")
        } _: {
            $0["inventories"]?["CUSTOM_GPU_VF"]?["reserved"]?.integer == amount
        }
    }
}
