import Clients
import Console
import FoundationEssentials
import HTTPTypes
import Model
import TestSupport
import Testing

/// Claiming and binding without a compute service, as `kilonova bind` and `kilonova unbind` do it, with the accounts of `clouds.yaml`.
@Suite("Devices bound by commands", .timeLimit(.minutes(30)))
struct BindingVerbTests {
    private struct World {
        let job: MainJob
        let reader: CloudReader
        let admin: CloudSession
        let binder: DeviceBinder
        let host: String

        init(_ cloud: TestCloud) async throws {
            job = try await MainJob(cloud)
            let file = cloud.folder + "/clouds.yaml"
            reader = CloudReader(environment: ["OS_CLIENT_CONFIG_FILE": file]) { path in
                FileManager.default.contents(atPath: path).flatMap { String(bytes: $0, encoding: .utf8) }
            }
            admin = try CloudSession(reader.cloud("kilonova"))
            binder = DeviceBinder(
                owner: try CloudSession(reader.cloud("kilonova-demo")),
                service: try CloudSession(reader.cloud("kilonova-service")))
            let gpu = try await job.providers(18).first { $0.name.contains("_0000:82:10.") }
            host = try #require(gpu?.name.split(separator: "_").first.map(String.init))
        }

        func profile(_ name: String, _ groups: String) async throws {
            let answer = try await job.accelerator(
                "POST", "/device_profiles", body: #"[{"name": "\#(name)", "groups": [\#(groups)]}]"#, token: job.admin)
            try #require(answer.status == 201, "\(answer.text)")
        }

        /// Waits until Placement offers that.
        func offered(_ resources: String) async throws {
            _ = try await job.eventually {
                try await job.placement("GET", "/allocation_candidates?resources=\(resources)")
            } _: { json in
                json["allocation_requests"]?.array.isEmpty == false
            }
        }

        func allocations(_ instance: InstanceID) async throws -> [JSONValue.Member] {
            try await admin.send(.get, .placement, "/allocations/\(instance)", version: Microversion(1, 39))[
                "allocations"]?.members ?? []
        }
    }

    private func fault(_ body: () async throws -> Void) async -> Fault? {
        do {
            try await body()
            return nil
        } catch {
            return error as? Fault
        }
    }

    private func run(_ body: @escaping @Sendable (World) async throws -> Void) async throws {
        try await TestCloud.run(configuration: MainJob.offers, recordedHosts: [MainJob.recordedHost]) { cloud in
            try await body(try await World(cloud))
        }
    }

    @Test("every group of a profile is claimed and bound at once, shown, and given back")
    func wholeLife() async throws {
        try await run { world in
            try await world.profile(
                "pair",
                #"{"resources:CUSTOM_GPU_VF": "1", "trait:CUSTOM_AMPERE": "required"}, {"resources:CUSTOM_QAT_VF": "1"}"#
            )
            try await world.offered("CUSTOM_GPU_VF:1")
            try await world.offered("CUSTOM_QAT_VF:1")
            let instance = InstanceID(UUID())
            let bound = try await world.binder.bind(
                .init(profile: "pair", host: world.host, instance: instance, patience: .seconds(60)))
            #expect(bound.count == 2 && bound.allSatisfy { $0["state"]?.string == "Bound" })
            #expect(
                bound.allSatisfy { $0["hostname"]?.string == world.host && $0["attach_handle_type"]?.string == "PCI" })
            let held = try await world.allocations(instance)
            #expect(Set(held.map(\.name)) == Set(bound.compactMap { $0["device_rp_uuid"]?.string }))

            // Who holds something already, is not given more under the same name.
            let again = await fault {
                _ = try await world.binder.bind(.init(profile: "pair", instance: instance, patience: .zero))
            }
            #expect(again?.kind == .conflict && again?.message.contains("unbind") == true)
            #expect(try await world.binder.requests(of: instance).count == 2)
            #expect(try await world.binder.unbind(instance) == 2)
            #expect(try await world.allocations(instance).isEmpty)
            #expect(try await world.binder.requests(of: instance).isEmpty)
            #expect(try await world.binder.unbind(instance) == 0)
        }
    }

    @Test("what cannot be had leaves nothing behind")
    func refusals() async throws {
        try await run { world in
            try await world.profile("slice", #"{"resources:CUSTOM_GPU_VF": "1"}"#)
            try await world.profile(
                "dream",
                #"{"resources:CUSTOM_GPU_VF": "1", "trait:CUSTOM_NOWHERE": "forbidden"}, {"resources:CUSTOM_QAT_VF": "64"}"#
            )
            try await world.offered("CUSTOM_GPU_VF:1")
            func refused(_ profile: String, host: String? = nil) async throws -> Fault? {
                let instance = InstanceID(UUID())
                let refusal = await fault {
                    _ = try await world.binder.bind(
                        .init(profile: profile, host: host, instance: instance, patience: .seconds(60)))
                }
                #expect(try await world.allocations(instance).isEmpty)
                return refusal
            }
            #expect(try await refused("nobody")?.message == "There is no device profile 'nobody'.")
            #expect(try await refused("slice", host: "elsewhere")?.message == "Placement knows no host 'elsewhere'.")
            let full = try await refused("dream")
            #expect(full != nil, "\(String(describing: full))")
            // Whoever has no role service claims nothing.
            let stranger = DeviceBinder(owner: world.binder.owner, service: world.binder.owner)
            let refusal = await fault {
                _ = try await stranger.bind(.init(profile: "slice", instance: InstanceID(UUID()), patience: .zero))
            }
            #expect(refusal?.kind.status == 403)
            let requests = try await world.job.accelerator("GET", "/accelerator_requests", token: world.job.admin)
            #expect(requests.json?["arqs"]?.array.isEmpty == true)
        }
    }

    @Test("a server of a compute service is left alone")
    func servers() async throws {
        try await run { world in
            try await world.profile("slice", #"{"resources:CUSTOM_GPU_VF": "1"}"#)
            try await world.offered("CUSTOM_GPU_VF:1")
            try await world.offered("CUSTOM_NVME:1")
            let server = InstanceID(UUID())
            let bound = try await world.binder.bind(.init(profile: "slice", instance: server, patience: .seconds(60)))
            let provider = try #require(bound.first?["device_rp_uuid"]?.string)
            let candidates = try await world.admin.send(
                .get, .placement, "/allocation_candidates?resources=CUSTOM_NVME:1&limit=1", version: Microversion(1, 39)
            )
            let other = try #require(
                candidates["allocation_requests"]?.elements?.first?["allocations"]?.members?.first?.name)
            let seen = try await world.admin.send(
                .get, .placement, "/allocations/\(server)", version: Microversion(1, 39))
            let more = try await world.job.placement(
                "PUT", "/allocations/\(server)",
                body: """
                    {"allocations": {"\(provider)": {"resources": {"CUSTOM_GPU_VF": 1}},
                        "\(other)": {"resources": {"CUSTOM_NVME": 1}}},
                        "project_id": "\(seen["project_id"]?.string ?? "")", "user_id": "\(seen["user_id"]?.string ?? "")",
                        "consumer_generation": \(seen["consumer_generation"]?.whole ?? 0), "consumer_type": "INSTANCE"}
                    """)
            try #require(more.status == 204, "\(more.text)")
            let refusal = await fault { _ = try await world.binder.unbind(server) }
            #expect(refusal?.kind == .conflict && refusal?.message.contains("compute service") == true)
            #expect(try await world.allocations(server).count == 2)
            #expect(try await world.binder.requests(of: server).first?["state"]?.string == "Bound")

            // One without accelerators, too.
            let plain = InstanceID(UUID())
            try await world.offered("CUSTOM_FPGA:1")
            let free = try await world.admin.send(
                .get, .placement, "/allocation_candidates?resources=CUSTOM_FPGA:1&limit=1", version: Microversion(1, 39)
            )
            let card = try #require(free["allocation_requests"]?.elements?.first?["allocations"]?.members?.first?.name)
            #expect(try await world.job.claim("\(plain)", card, "CUSTOM_FPGA").status == 204)
            #expect(await fault { _ = try await world.binder.unbind(plain) }?.kind == .conflict)
            #expect(try await world.allocations(plain).count == 1)
        }
    }
}
