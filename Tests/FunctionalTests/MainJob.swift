import FoundationEssentials
import Model
import TestSupport
import Testing

/// The steps of the main job over HTTP, as Nova and an operator take them.
struct MainJob {
    let cloud: TestCloud
    let admin: String
    let demo: String
    let service: String

    static let recordedHost =
        #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
        + "/Fixtures/hosts/two-socket.host"

    /// Two NUMA nodes' worth of devices: four GPU functions, eight of QAT, two FPGAs, two NVMe functions.
    static let offers = """
        agent: {enabled_drivers: [pci, fake], periodic_interval: 1s}
        pci:
          device_spec:
            - {address: "0000:82:10.*", resource_class: CUSTOM_GPU_VF, traits: CUSTOM_AMPERE}
            - {vendor_id: "8086", product_id: "4941", resource_class: CUSTOM_QAT_VF}
            - {vendor_id: "1b36", product_id: "0010", resource_class: CUSTOM_NVME}
            - {vendor_id: "10ee", product_id: "5001", resource_class: CUSTOM_FPGA}
        """

    init(_ cloud: TestCloud) async throws {
        self.cloud = cloud
        admin = try await cloud.token(.admin)
        demo = try await cloud.token(.demo)
        service = try await cloud.token(.service)
    }

    func placement(
        _ method: String, _ path: String, body: String? = nil, token: String? = nil
    ) async throws -> TestAnswer {
        try await cloud.send(
            method, "/placement" + path, token: token ?? admin, version: "placement 1.39", body: body)
    }

    func accelerator(
        _ method: String, _ path: String, body: String? = nil, token: String? = nil, forwarded: Bool = false
    ) async throws -> TestAnswer {
        try await cloud.send(
            method, "/accelerator/v2" + path, token: token ?? demo, version: "accelerator 2.3",
            headers: forwarded ? ["X-Service-Token": service] : [:], body: body)
    }

    /// Asks again until `condition` holds of the answer; the agent and the workflows go on by themselves.
    func eventually(
        _ ask: () async throws -> TestAnswer, _ condition: (JSONValue) -> Bool
    ) async throws -> JSONValue {
        var last = ""
        for _ in 0..<400 {
            let answer = try await ask()
            last = answer.text
            if answer.status == 200, let json = answer.json, condition(json) { return json }
            try await Task.sleep(for: .milliseconds(25))
        }
        throw Timeout(last: last)
    }

    struct Timeout: Error {
        let last: String
    }

    /// The providers once the agent has reported all of its host.
    func providers(_ count: Int) async throws -> [(id: String, name: String)] {
        let json = try await eventually {
            try await placement("GET", "/resource_providers")
        } _: {
            ($0["resource_providers"]?.array.count ?? 0) >= count
        }
        return (json["resource_providers"]?.array ?? []).compactMap { provider in
            guard let id = provider["uuid"]?.text, let name = provider["name"]?.text else { return nil }
            return (id, name)
        }
    }

    func claim(_ consumer: String, _ provider: String, _ resourceClass: String) async throws -> TestAnswer {
        try await placement(
            "PUT", "/allocations/\(consumer)",
            body: """
                {"allocations": {"\(provider)": {"resources": {"\(resourceClass)": 1}}}, "project_id": "p",
                    "user_id": "u", "consumer_generation": null, "consumer_type": "INSTANCE"}
                """)
    }

    /// An accelerator request of that profile.
    func request(_ profile: String) async throws -> String {
        let answer = try await accelerator(
            "POST", "/accelerator_requests", body: #"{"device_profile_name": "\#(profile)"}"#)
        try #require(answer.status == 201, "\(answer.text)")
        return try #require(answer.json?["arqs"]?[0]?["uuid"]?.text)
    }

    func bind(_ request: String, host: String, provider: String, instance: String) async throws -> TestAnswer {
        try await accelerator(
            "PATCH", "/accelerator_requests",
            body: """
                {"\(request)": [{"op": "add", "path": "/hostname", "value": "\(host)"},
                    {"op": "add", "path": "/device_rp_uuid", "value": "\(provider)"},
                    {"op": "add", "path": "/instance_uuid", "value": "\(instance)"}]}
                """, forwarded: true)
    }

    func await(_ request: String, _ state: String) async throws -> JSONValue {
        try await eventually {
            try await accelerator("GET", "/accelerator_requests/\(request)", forwarded: true)
        } _: {
            $0["state"]?.text == state
        }
    }
}
