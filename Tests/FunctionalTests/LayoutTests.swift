import FoundationEssentials
import Model
import TestSupport
import Testing

/// A host whose functions are bound changes to groups and back over restarts, with a real Placement and a real accelerator
/// service.
@Suite("A change of layout under load, over HTTP in one process")
struct LayoutTests {
    private static func configuration(_ layout: String) -> String {
        MainJob.offers.replacing("periodic_interval: 1s", with: "periodic_interval: 1s, provider_layout: \(layout)")
    }

    private func groups(_ job: MainJob) async throws -> (id: String, host: String) {
        let json = try await job.eventually {
            try await job.placement("GET", "/resource_providers")
        } _: { json in
            let names = (json["resource_providers"]?.array ?? []).compactMap { $0["name"]?.text }
            return names.contains { $0.contains("_PCI_10de_") } && !names.contains { $0.contains("_0000:82:10.") }
        }
        let group = json["resource_providers"]?.array.first { $0["name"]?.text?.contains("_PCI_10de_") == true }
        let name = try #require(group?["name"]?.text)
        return (try #require(group?["uuid"]?.text), String(name.prefix { $0 != "_" }))
    }

    @Test("what is bound stays bound, both ways")
    func thereAndBack() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kilonova-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let instances = (0..<2).map { _ in UUID().uuidString.lowercased() }
        let host = MainJob.recordedHost
        let bound = try await TestCloud.run(
            folder: folder, configuration: Self.configuration("legacy"), recordedHosts: [host]
        ) { cloud in
            try await bindEach(try await MainJob(cloud), instances)
        }
        try await TestCloud.run(
            folder: folder, configuration: Self.configuration("grouped"), recordedHosts: [host]
        ) { cloud in
            try await isGrouped(try await MainJob(cloud), instances, bound)
        }
        try await TestCloud.run(
            folder: folder, configuration: Self.configuration("legacy"), recordedHosts: [host]
        ) { cloud in
            try await isApart(try await MainJob(cloud), instances, bound)
        }
    }

    private typealias Bound = (request: String, provider: String, bus: String)

    /// A server for each of the first functions of the card.
    private func bindEach(_ job: MainJob, _ instances: [String]) async throws -> [Bound] {
        let providers = try await job.providers(18).filter { $0.name.contains("_0000:82:10.") }
        let answer = try await job.accelerator(
            "POST", "/device_profiles", body: #"[{"name": "vf", "groups": [{"resources:CUSTOM_GPU_VF": "1"}]}]"#,
            token: job.admin)
        #expect(answer.status == 201)
        _ = try await job.eventually {
            try await job.placement("GET", "/allocation_candidates?resources=CUSTOM_GPU_VF:1")
        } _: { json in
            json["allocation_requests"]?.array.count == 4
        }
        var bound: [Bound] = []
        for (instance, provider) in zip(instances, providers) {
            #expect(try await job.claim(instance, provider.id, "CUSTOM_GPU_VF").status == 204)
            let request = try await job.request("vf")
            let name = String(provider.name.prefix { $0 != "_" })
            let reply = try await job.bind(request, host: name, provider: provider.id, instance: instance)
            #expect(reply.status == 202)
            let handle = try await job.await(request, "Bound")
            bound.append((request, provider.id, handle["attach_handle_info"]?["function"]?.text ?? ""))
        }
        return bound
    }

    /// Both servers hold a part of the group, and a third gets one of what is left.
    private func isGrouped(_ job: MainJob, _ instances: [String], _ bound: [Bound]) async throws {
        let group = try await groups(job)
        let inventory = try await job.eventually {
            try await job.placement("GET", "/resource_providers/\(group.id)/inventories")
        } _: { json in
            json["inventories"]?["CUSTOM_GPU_VF"]?["reserved"]?.integer == 0
        }
        #expect(inventory["inventories"]?["CUSTOM_GPU_VF"]?["total"]?.integer == 4)
        for (instance, one) in zip(instances, bound) {
            let held = try await job.placement("GET", "/allocations/\(instance)")
            #expect(held.json?["allocations"]?[group.id]?["resources"]?["CUSTOM_GPU_VF"]?.integer == 1)
            let request = try await job.eventually {
                try await job.accelerator("GET", "/accelerator_requests/\(one.request)", forwarded: true)
            } _: { json in
                json["device_rp_uuid"]?.text == group.id
            }
            #expect(request["state"]?.text == "Bound")
            #expect(request["attach_handle_info"]?["function"]?.text == one.bus)
        }
        // A third server gets one of the two that are left.
        let third = UUID().uuidString.lowercased()
        #expect(try await job.claim(third, group.id, "CUSTOM_GPU_VF").status == 204)
        let request = try await job.request("vf")
        #expect(
            try await job.bind(request, host: group.host, provider: group.id, instance: third).status == 202)
        let handle = try await job.await(request, "Bound")
        #expect(!bound.map(\.bus).contains(handle["attach_handle_info"]?["function"]?.text ?? ""))
        #expect(
            try await job.accelerator(
                "DELETE", "/accelerator_requests?instance=\(third)", forwarded: true
            ).status == 204)
        #expect(try await job.placement("DELETE", "/allocations/\(third)").status == 204)
    }

    /// Each server holds the provider that it had.
    private func isApart(_ job: MainJob, _ instances: [String], _ bound: [Bound]) async throws {
        for (instance, one) in zip(instances, bound) {
            _ = try await job.eventually {
                try await job.placement("GET", "/allocations/\(instance)")
            } _: { json in
                json["allocations"]?[one.provider]?["resources"]?["CUSTOM_GPU_VF"]?.integer == 1
            }
            let request = try await job.eventually {
                try await job.accelerator("GET", "/accelerator_requests/\(one.request)", forwarded: true)
            } _: { json in
                json["device_rp_uuid"]?.text == one.provider
            }
            #expect(request["state"]?.text == "Bound")
        }
        _ = try await job.eventually {
            try await job.placement("GET", "/allocation_candidates?resources=CUSTOM_GPU_VF:1")
        } _: { json in
            json["allocation_requests"]?.array.count == 2
        }
    }

    @Test("devices of one NUMA node, whichever that is")
    func oneNode() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kilonova-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await TestCloud.run(
            folder: folder, configuration: Self.configuration("numa"), recordedHosts: [MainJob.recordedHost]
        ) { cloud in
            let job = try await MainJob(cloud)
            let wish =
                "/allocation_candidates?resources_GPU=CUSTOM_GPU_VF:1&resources_CARD=CUSTOM_FPGA:1&group_policy=none"
            // A function of a GPU on node 1, and a card on either node.
            _ = try await job.eventually {
                try await job.placement("GET", wish)
            } _: { json in
                json["allocation_requests"]?.array.count == 2
            }
            let near = try await job.placement(
                "GET", wish + "&required_NODE=HW_NUMA_ROOT&same_subtree=_NODE,_GPU,_CARD")
            let requests = near.json?["allocation_requests"]?.array ?? []
            #expect(requests.count == 1, "\(near.text)")
            let list = try await job.placement("GET", "/resource_providers")
            var names: [String: (name: String, parent: String?)] = [:]
            for provider in list.json?["resource_providers"]?.array ?? [] {
                guard let id = provider["uuid"]?.text, let name = provider["name"]?.text else { continue }
                names[id] = (name, provider["parent_provider_uuid"]?.text)
            }
            for group in ["_GPU", "_CARD"] {
                let id = try #require(requests.first?["mappings"]?[group]?[0]?.text)
                let parent = try #require(names[id]?.parent.flatMap { names[$0]?.name })
                #expect(parent.hasSuffix("_numa1"), "\(names[id]?.name ?? id) below \(parent)")
            }
        }
    }
}
