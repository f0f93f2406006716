import FoundationEssentials
import Model
import TestSupport
import Testing

/// Four virtual functions of one card, of two resource classes, with a real Placement and a real accelerator service.
@Suite("A card of two resource classes, over HTTP in one process")
struct DividedCardTests {
    /// The classes of the four functions.
    private static func configuration(_ classes: [String]) -> String {
        let specs = classes.enumerated().map { number, name in
            #"    - {address: "0000:82:10.\#(number)", resource_class: CUSTOM_GPU_\#(name)}"#
        }
        return """
            agent: {enabled_drivers: [pci], periodic_interval: 1s, provider_layout: grouped}
            pci:
              device_spec:
            \(specs.joined(separator: "\n"))
            """
    }

    private func inventory(_ job: MainJob, _ provider: String, _ condition: (JSONValue) -> Bool) async throws
        -> JSONValue
    {
        try await job.eventually {
            try await job.placement("GET", "/resource_providers/\(provider)/inventories")
        } _: { json in
            json["inventories"].map(condition) == true
        }
    }

    private func candidates(_ job: MainJob, _ name: String, _ count: Int) async throws {
        _ = try await job.eventually {
            try await job.placement("GET", "/allocation_candidates?resources=CUSTOM_GPU_\(name):1")
        } _: { json in
            json["allocation_requests"]?.array.count == count
        }
    }

    @Test(
        "one provider with two inventories of two; a class takes its own devices, and what is held stays of its class")
    func twoClasses() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kilonova-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let host = MainJob.recordedHost
        let instances = (0..<3).map { _ in UUID().uuidString.lowercased() }
        let (card, name, request) = try await TestCloud.run(
            folder: folder, configuration: Self.configuration(["A", "B", "B", "A"]), recordedHosts: [host]
        ) { cloud in
            let job = try await MainJob(cloud)
            let providers = try await job.providers(2)
            #expect(providers.count == 2)
            let card = try #require(providers.first { $0.name.hasSuffix("_PCI_10de_20b5_0000:82:00.0") })
            let json = try await inventory(job, card.id) { inventories in
                ["A", "B"].allSatisfy { inventories["CUSTOM_GPU_\($0)"]?["reserved"]?.integer == 0 }
            }
            #expect(json["inventories"]?["CUSTOM_GPU_A"]?["total"]?.integer == 2)
            #expect(json["inventories"]?["CUSTOM_GPU_B"]?["total"]?.integer == 2)
            for name in ["A", "B"] {
                let body = #"[{"name": "\#(name)", "groups": [{"resources:CUSTOM_GPU_\#(name)": "1"}]}]"#
                let answer = try await job.accelerator("POST", "/device_profiles", body: body, token: job.admin)
                #expect(answer.status == 201)
            }
            let hostName = String(card.name.prefix { $0 != "_" })
            let requests = try await bindTwo(job, instances, host: hostName, provider: card.id)
            try await keepOff(job, cloud, provider: card.id)
            // The first server goes: one of the two stays held.
            for (path, service) in [("/accelerator_requests?instance=\(instances[0])", true)] {
                #expect(try await job.accelerator("DELETE", path, forwarded: service).status == 204)
            }
            #expect(try await job.placement("DELETE", "/allocations/\(instances[0])").status == 204)
            return (card.id, hostName, requests[1])
        }
        // Every function is to be of class B: refused to the one that is held, made of the free one.
        try await TestCloud.run(
            folder: folder, configuration: Self.configuration(["B", "B", "B", "B"]), recordedHosts: [host]
        ) { cloud in
            try await letGo(try await MainJob(cloud), cloud, (card, name), (instances[1], request))
        }
    }

    /// Two of class A: its two functions and no other; the third finds none.
    private func bindTwo(
        _ job: MainJob, _ instances: [String], host: String, provider: String
    ) async throws -> [String] {
        var functions: Set<String> = []
        var requests: [String] = []
        for instance in instances[0...1] {
            #expect(try await job.claim(instance, provider, "CUSTOM_GPU_A").status == 204)
            let request = try await job.request("A")
            #expect(
                try await job.bind(request, host: host, provider: provider, instance: instance).status == 202)
            let bound = try await job.await(request, "Bound")
            #expect(bound["device_rp_uuid"]?.text == provider)
            functions.insert(bound["attach_handle_info"]?["function"]?.text ?? "")
            requests.append(request)
        }
        #expect(functions == ["0", "3"])
        #expect(try await job.claim(instances[2], provider, "CUSTOM_GPU_A").status == 409)
        let usages = try await job.placement("GET", "/resource_providers/\(provider)/usages")
        #expect(usages.json?["usages"]?["CUSTOM_GPU_A"]?.integer == 2)
        #expect(usages.json?["usages"]?["CUSTOM_GPU_B"]?.integer == 0)
        try await candidates(job, "B", 1)
        return requests
    }

    /// An operator keeps new work off class B; class A is as it was.
    private func keepOff(_ job: MainJob, _ cloud: TestCloud, provider: String) async throws {
        let deployables = try await job.accelerator("GET", "/deployables", token: job.admin)
        let b = try #require(
            deployables.json?["deployables"]?.array.first { $0["name"]?.text?.hasSuffix("_CUSTOM_GPU_B") == true })
        let id = try #require(b["uuid"]?.text)
        #expect(b["rp_uuid"]?.text == provider)
        for (action, reserved) in [("disable", 2), ("enable", 0)] {
            let answer = try await cloud.send(
                "POST", "/accelerator/v2/deployables/\(id)/\(action)", token: job.admin, version: "accelerator 2.4")
            #expect(answer.status == 204)
            let json = try await inventory(job, provider) { inventories in
                inventories["CUSTOM_GPU_B"]?["reserved"]?.integer == reserved
            }
            #expect(json["inventories"]?["CUSTOM_GPU_A"]?["reserved"]?.integer == 0)
            try await candidates(job, "B", action == "disable" ? 0 : 1)
        }
    }

    /// What is held keeps its class until it is let go.
    private func letGo(
        _ job: MainJob, _ cloud: TestCloud, _ card: (id: String, host: String),
        _ held: (instance: String, request: String)
    ) async throws {
        let json = try await inventory(job, card.id) { $0["CUSTOM_GPU_B"]?["total"]?.integer == 3 }
        #expect(json["inventories"]?["CUSTOM_GPU_A"]?["total"]?.integer == 1)
        let view = try await job.eventually {
            try await cloud.send(
                "GET", "/accelerator/v2/hosts/\(card.host)", token: job.admin, version: "accelerator 2.4")
        } _: { json in
            json["conditions"]?.array.isEmpty == false
        }
        let condition = view["conditions"]?.array.first
        #expect(condition?["kind"]?.text == "held")
        #expect(condition?["reason"]?.text?.contains("held as CUSTOM_GPU_A, and would be CUSTOM_GPU_B") == true)
        #expect(try await job.await(held.request, "Bound")["device_rp_uuid"]?.text == card.id)
        let allocations = try await job.placement("GET", "/allocations/\(held.instance)")
        #expect(allocations.json?["allocations"]?[card.id]?["resources"]?["CUSTOM_GPU_A"]?.integer == 1)

        // Let go, it is what its configuration says: one class, and so a group as of any other card.
        #expect(
            try await job.accelerator(
                "DELETE", "/accelerator_requests?instance=\(held.instance)", forwarded: true
            ).status == 204)
        #expect(try await job.placement("DELETE", "/allocations/\(held.instance)").status == 204)
        let providers = try await job.eventually {
            try await job.placement("GET", "/resource_providers")
        } _: { json in
            let names = (json["resource_providers"]?.array ?? []).compactMap { $0["name"]?.text }
            return names.count == 2 && names.contains { $0.contains("_PCI_10de_20b5_CUSTOM_GPU_B_numa") }
        }
        #expect(providers["resource_providers"]?.array.contains { $0["uuid"]?.text == card.id } == false)
    }
}
