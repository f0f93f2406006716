import Model
import TestSupport
import Testing

/// Each driver's keys, from the text of a configuration through the agent of a recorded host to what both services show.
@Suite("What is configured of drivers comes to pass")
struct DriverSettingsTests {
    private static func fixture(_ path: String) -> String {
        #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/Fixtures/" + path
    }

    /// Runs a cloud with the agent of one recorded host, and hands over its providers' names without the host's.
    private func run(
        _ configuration: String, on host: String, _ names: [String],
        _ body: @escaping @Sendable (MainJob, _ host: String, _ providers: [String: String]) async throws -> Void
    ) async throws {
        try await TestCloud.run(
            configuration: configuration, recordedHosts: [Self.fixture("hosts/\(host).host")]
        ) { cloud in
            let job = try await MainJob(cloud)
            let json = try await job.eventually {
                try await job.placement("GET", "/resource_providers")
            } _: { json in
                let found = (json["resource_providers"]?.array ?? []).compactMap { $0["name"]?.text }
                return names.allSatisfy { name in found.contains { $0.hasSuffix("_\(name)") } }
            }
            let found = (json["resource_providers"]?.array ?? []).compactMap { provider in
                provider["name"]?.text.flatMap { name in provider["uuid"]?.text.map { (name, $0) } }
            }
            let root = try #require(found.map(\.0).min { $0.utf8.count < $1.utf8.count })
            var ids: [String: String] = [:]
            for (name, id) in found where name.hasPrefix(root + "_") {
                ids[String(name.dropFirst(root.utf8.count + 1))] = id
            }
            try await body(job, root, ids)
        }
    }

    private func conditions(_ job: MainJob, _ host: String) async throws -> [JSONValue] {
        let answer = try await job.cloud.send(
            "GET", "/accelerator/v2/hosts/\(host)", token: job.admin, version: "accelerator 2.4")
        return answer.json?["conditions"]?.array ?? []
    }

    private func inventory(_ job: MainJob, _ id: String?, _ name: String) async throws -> Int? {
        let id = try #require(id)
        let json = try await job.eventually {
            try await job.placement("GET", "/resource_providers/\(id)/inventories")
        } _: {
            $0["inventories"]?[name] != nil
        }
        return json["inventories"]?[name]?["total"]?.integer
    }

    @Test("partitions, and a driver that is a program of its own")
    func partitions() async throws {
        try await run(
            """
            agent:
              enabled_drivers: [pci, example]
              external_drivers: [{name: example, program: "\(Self.fixture("drivers/example_driver.py"))", timeout: 60s}]
              partitions:
                - {address: "0000:82:00.0", virtual_functions: 2}
                - {address: "0000:99:00.0", virtual_functions: 1}
            pci: {device_spec: [{address: "0000:82:10.*", resource_class: CUSTOM_GPU_VF}]}
            """, on: "two-socket", ["0000:82:10.0", "0000:82:10.1", "0000:25:00.0", "0000:83:00.0"]
        ) { job, host, providers in
            let functions = providers.keys.filter { $0.hasPrefix("0000:82:10.") }
            #expect(functions.sorted() == ["0000:82:10.0", "0000:82:10.1"])
            #expect(try await inventory(job, providers["0000:82:10.0"], "CUSTOM_GPU_VF") == 1)
            let found = try await conditions(job, host)
            #expect(found.map { $0["subject"]?.text } == ["0000:99:00.0"])
            #expect(found.first?["kind"]?.text == "partition")
            #expect(found.first?["reason"]?.text?.contains("no PCI function") == true)
        }
    }

    @Test("vGPU types by address, mdev types, and two drivers that want one card")
    func types() async throws {
        try await run(
            """
            agent: {enabled_drivers: [nvidia, mdev, pci]}
            gpu_devices: {enabled_vgpu_types: "nvidia-475"}
            vgpu_nvidia-475: {device_addresses: "0000:82:00.0"}
            mdev: {device_spec: [{parent: mtty, type: "*", resource_class: TTY}, {parent: "0000:82:00.0"}]}
            pci: {device_spec: [{address: "0000:82:00.0"}]}
            """, on: "vgpu", ["0000:82:00.0", "0000:23:00.0", "mtty_mtty-1", "mtty_mtty-2"]
        ) { job, host, providers in
            #expect(try await inventory(job, providers["0000:82:00.0"], "VGPU") == 11)
            #expect(try await inventory(job, providers["mtty_mtty-1"], "CUSTOM_TTY") == 22)
            let found = try await conditions(job, host)
            #expect(found.map { $0["subject"]?.text } == ["0000:82:00.0", "0000:82:00.0"])
            #expect(
                found.first?["reason"]?.text
                    == "The drivers 'nvidia' and 'mdev' both offer it; 'nvidia' has it, for it stands first in enabled_drivers."
            )
        }
    }

    @Test("physical networks of interfaces, and drives")
    func networks() async throws {
        try await run(
            """
            agent: {enabled_drivers: [intel_nic, nvme, inspur_nvme_ssd]}
            nvme: {device_spec: [{vendor_id: "1bd4", resource_class: FAST_DISK}], clear_action: zero, samples: 64}
            x710_static: {physical_device_mappings: ["physnet1:eth2"], function_device_mappings: "GTPv1:eth2"}
            fpga: {clean_images: {intel_fpga: /var/lib/images/clean.gbs}}
            """, on: "vendors", ["0000:3b:02.0", "0000:3c:00.0", "0000:88:00.0"]
        ) { job, host, providers in
            let profile = try await job.accelerator("GET", "/deployables", token: job.admin)
            #expect(profile.text.contains("CUSTOM_PHYSNET1") && profile.text.contains("CUSTOM_GTPV1"))
            #expect(try await inventory(job, providers["0000:88:00.0"], "CUSTOM_FAST_DISK") == 1)
            #expect(try await conditions(job, host).map { $0["subject"]?.text } == ["0000:88:00.0"])
        }
    }
}
