import ControlPlane
import FoundationEssentials
import Model
import TestSupport
import Testing

@Suite("The main job, over HTTP in one process")
struct MainJobTests {
    @Test("discover, report, profile, request, bind, handle, release")
    func wholeJob() async throws {
        try await TestCloud.run(configuration: MainJob.offers, recordedHosts: [MainJob.recordedHost]) { cloud in
            let job = try await MainJob(cloud)
            // Four GPU functions, eight of QAT, two of NVMe, two FPGAs, the fake device, and the host itself.
            let providers = try await job.providers(18)
            let gpu = providers.filter { $0.name.contains("_0000:82:10.") }
            #expect(gpu.count == 4)
            let traits = try await job.eventually {
                try await job.placement("GET", "/resource_providers/\(gpu[0].id)/traits")
            } _: { json in
                json["traits"]?.array.contains(.text("CUSTOM_AMPERE")) == true
            }
            #expect(traits["traits"]?.array.contains(.text("CUSTOM_PCI_NVIDIA")) == true)

            let devices = try await job.accelerator("GET", "/devices", token: job.admin)
            #expect(devices.json?["devices"]?.array.count == 17)
            let profile = try await job.accelerator(
                "POST", "/device_profiles",
                body: """
                    [{"name": "slice", "groups": [{"resources:CUSTOM_GPU_VF": "1", "trait:CUSTOM_AMPERE": "required"}]}]
                    """, token: job.admin)
            #expect(profile.status == 201)

            let candidates = try await job.eventually {
                try await job.placement(
                    "GET", "/allocation_candidates?resources=CUSTOM_GPU_VF:1&required=CUSTOM_AMPERE")
            } _: { json in
                json["allocation_requests"]?.array.count == 4
            }
            #expect(candidates["provider_summaries"] != nil)

            let host = try #require(gpu[0].name.split(separator: "_").first.map(String.init))
            var bound: [(request: String, instance: String)] = []
            var addresses: Set<String> = []
            for function in gpu {
                let instance = UUID().uuidString.lowercased()
                #expect(try await job.claim(instance, function.id, "CUSTOM_GPU_VF").status == 204)
                let request = try await job.request("slice")
                let answer = try await job.bind(request, host: host, provider: function.id, instance: instance)
                #expect(answer.status == 202, "\(answer.text)")
                let handle = try await job.await(request, "Bound")
                #expect(handle["attach_handle_type"]?.text == "PCI")
                let info = try #require(handle["attach_handle_info"])
                #expect(info["bus"]?.text == "82")
                addresses.insert(
                    "\(info["bus"]?.text ?? ""):\(info["device"]?.text ?? "").\(info["function"]?.text ?? "")")
                bound.append((request, instance))
            }
            #expect(addresses == ["82:10.0", "82:10.1", "82:10.2", "82:10.3"])

            // The last one is taken: both services say so, and neither breaks.
            let late = UUID().uuidString.lowercased()
            #expect(try await job.claim(late, gpu[0].id, "CUSTOM_GPU_VF").status == 409)
            let none = try await job.placement("GET", "/allocation_candidates?resources=CUSTOM_GPU_VF:1")
            #expect(none.json?["allocation_requests"]?.array.isEmpty == true)
            let spare = try await job.request("slice")
            let refused = try await job.bind(spare, host: host, provider: gpu[0].id, instance: late)
            #expect(refused.status == 404 && refused.text.contains("0 free attach handles"), "\(refused.text)")
            let untouched = try await job.await(spare, "Initial")
            #expect(untouched["attach_handle_info"]?["bus"] == nil)
            #expect(try await job.accelerator("DELETE", "/accelerator_requests?arqs=\(spare)").status == 204)

            for (request, instance) in bound {
                let gone = try await job.accelerator(
                    "DELETE", "/accelerator_requests?instance=\(instance)", forwarded: true)
                #expect(gone.status == 204)
                #expect(try await job.accelerator("GET", "/accelerator_requests/\(request)").status == 404)
                #expect(try await job.placement("DELETE", "/allocations/\(instance)").status == 204)
            }
            _ = try await job.eventually {
                try await job.placement("GET", "/allocation_candidates?resources=CUSTOM_GPU_VF:1")
            } _: { json in
                json["allocation_requests"]?.array.count == 4
            }
        }
    }

    @Test("what was bound and what was binding is there after a restart")
    func restart() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kilonova-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let configuration = """
            agent: {enabled_drivers: [fake], periodic_interval: 1s}
            fake: {prepare_delay: 1s}
            accelerator: {bind_wait: 0s}
            """
        let instance = UUID().uuidString.lowercased()
        let request = try await TestCloud.run(
            folder: folder, configuration: configuration, recordedHosts: [MainJob.recordedHost]
        ) { cloud in
            let job = try await MainJob(cloud)
            let provider = try #require(try await job.providers(2).first { $0.name.hasSuffix("_FakeDevice") })
            let profile = try await job.accelerator(
                "POST", "/device_profiles", body: #"[{"name": "slow", "groups": [{"resources:FPGA": "1"}]}]"#,
                token: job.admin)
            #expect(profile.status == 201)
            _ = try await job.eventually {
                try await job.placement("GET", "/allocation_candidates?resources=FPGA:1")
            } _: { json in
                json["allocation_requests"]?.array.isEmpty == false
            }
            #expect(try await job.claim(instance, provider.id, "FPGA").status == 204)
            let request = try await job.request("slow")
            let host = String(provider.name.dropLast("_FakeDevice".count))
            #expect(try await job.bind(request, host: host, provider: provider.id, instance: instance).status == 202)
            return request
        }
        // The process' part of the bind was cut off; the journal and the agent's own bring it to its end.
        try await TestCloud.run(
            folder: folder, configuration: configuration, recordedHosts: [MainJob.recordedHost]
        ) { cloud in
            let job = try await MainJob(cloud)
            let bound = try await job.await(request, "Bound")
            #expect(bound["instance_uuid"]?.text == instance)
            let held = try await job.placement("GET", "/allocations/\(instance)")
            #expect(held.text.contains("FPGA"))
        }
    }

    @Test("another project neither sees nor touches a request")
    func tenants() async throws {
        try await TestCloud.run(configuration: "agent: {enabled_drivers: [fake]}") { cloud in
            let job = try await MainJob(cloud)
            _ = try await job.accelerator(
                "POST", "/device_profiles", body: #"[{"name": "any", "groups": [{"resources:FPGA": "1"}]}]"#,
                token: job.admin)
            let request = try await job.request("any")
            let other = try await job.accelerator("GET", "/accelerator_requests/\(request)", token: job.service)
            #expect(other.status == 403 || other.status == 404)
            let list = try await job.accelerator("GET", "/accelerator_requests", token: job.demo)
            #expect(list.json?["arqs"]?.array.count == 1)
            #expect(try await job.accelerator("GET", "/accelerator_requests", token: "nonsense").status == 401)
        }
    }

    @Test("probes, metrics, the root document and each service's OpenAPI document answer")
    func surroundings() async throws {
        try await TestCloud.run { cloud in
            #expect(try await cloud.send("GET", "/healthz").status == 200)
            #expect(try await cloud.send("GET", "/readyz").text == "ok\n")
            let root = try #require(try await cloud.send("GET", "/").json?["services"])
            #expect(
                root.array.compactMap { $0["name"]?.text } == [
                    "identity", "placement", "placement-explain", "accelerator", "agent",
                ])
            for service in ["identity", "placement", "accelerator", "agent"] {
                let document = try await cloud.send("GET", "/\(service)/openapi.json").json
                #expect(document?["openapi"]?.text?.hasPrefix("3.1") == true)
            }
            let metrics = try await cloud.send("GET", "/metrics").text
            #expect(metrics.contains("http_request_duration_seconds_bucket"))
        }
    }

    @Test("Location is a whole URL, which osc-placement follows as it stands")
    func location() async throws {
        try await TestCloud.run { cloud in
            let job = try await MainJob(cloud)
            let made = try await job.placement("POST", "/resource_providers", body: #"{"name": "rp"}"#)
            let location = try #require(made.headers["Location"])
            #expect(location.hasPrefix(cloud.url + "/placement/resource_providers/"))
            let shown = try await job.placement("GET", String(location.dropFirst((cloud.url + "/placement").count)))
            #expect(shown.json?["name"]?.text == "rp")
        }
    }

    @Test("noauth2 takes the caller's word, on loopback")
    func noauth2() async throws {
        try await TestCloud.run(authentication: .noauth2) { cloud in
            let answer = try await cloud.send(
                "GET", "/placement/resource_providers", token: "admin", version: "placement 1.39")
            #expect(answer.status == 200, "\(answer.text)")
            #expect(try await cloud.send("GET", "/placement/resource_providers").status == 401)
        }
    }
}
