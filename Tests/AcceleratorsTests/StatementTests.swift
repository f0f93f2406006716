import API
import Accelerators
import Fleet
import HTTPTypes
import Link
import Model
import Store
import TestJSON
import TestStore
import Testing

/// W33: upstream asks the database three times for each row of a list. Here the number of statements does not depend on
/// the number of rows, for any endpoint that reads.
@Suite struct StatementTests {
    struct World {
        let fixture: AcceleratorFixture
        let counting: CountingStore
        var paths: [String: String]

        /// `size` of everything there is to list.
        init(_ size: Int) async throws {
            fixture = try await AcceleratorFixture(through: { CountingStore($0) })
            counting = try #require(fixture.serving as? CountingStore)
            for number in 1...size {
                let host = HostName("host-\(number)")
                var device = Reports.device(number, units: size + 1, needsCleaning: true)
                device.deployables[0].attributes += (0..<size).map { .init(key: "key\($0)", value: "v") }
                try await fixture.report(Reports.host([device]), from: host)
                try await fixture.heartbeat(host, .up)
                try await fixture.profile("p\(number)")
                let ids = try await fixture.requests("p\(number)")
                try await fixture.bind(
                    ids, instance: Reports.instance(1000 + number), provider: Reports.provider(number),
                    host: host.text)
            }
            // All of one instance, and quarantined ones.
            try await fixture.profile("many", count: size)
            let many = try await fixture.requests("many")
            try await fixture.bind(
                many, instance: Reports.instance(1), provider: Reports.provider(1), host: "host-1")
            paths = [:]
            for (collection, key) in Self.collections {
                let list = try await fixture.call(.get, "/v2/\(collection)", version: "2.4").json
                paths["/v2/\(collection)/{uuid}"] = "/v2/\(collection)/\(list[key][0]["uuid"].text)"
            }
            paths["/v2/deployables/{uuid}/programmings"] = (paths["/v2/deployables/{uuid}"] ?? "") + "/programmings"
            for request in many {
                let certificate = try await fixture.certify(request)
                paths["/v2/sanitisation_certificates/{uuid}"] = "/v2/sanitisation_certificates/\(certificate)"
                paths["/v2/accelerator_requests/{uuid}/certificate"] = "/v2/accelerator_requests/\(request)/certificate"
            }
            paths["/v2/device_profiles/{uuid_or_name}"] = "/v2/device_profiles/p1"
            paths["/v2/hosts/{host}"] = "/v2/hosts/host-1"
        }

        static let collections = [
            ("devices", "devices"), ("deployables", "deployables"), ("attributes", "attributes"),
            ("accelerator_requests", "arqs"), ("attach_handles", "attach_handles"),
        ]

        /// Each way to read, by what names it.
        func counts(version: String) async throws -> [String: Int] {
            var counts: [String: Int] = [:]
            for endpoint in fixture.service.endpoints where endpoint.method == .get && endpoint.access != .open {
                if endpoint.since != nil, version != "2.6" { continue }
                let path = "\(endpoint.path)"
                let target = try #require(path.contains("{") ? paths[path] : path, "\(path) is not known to this test")
                for query in path.contains("{") ? [""] : [""] + (Self.queries[path] ?? []) {
                    if query.contains("limit=") && version != "2.6" { continue }
                    _ = counting.take()
                    let answer = try await fixture.call(.get, target + query, version: version)
                    #expect(answer.status == 200, "\(target)\(query) \(answer.fault)")
                    counts[path + query] = counting.take()
                }
            }
            return counts
        }

        static let queries = [
            "/v2/devices": ["?type=FPGA", "?filters.field=vendor&filters.value=0xABCD", "?limit=1000"],
            "/v2/deployables": ["?filters.field=driver_name&filters.value=fake", "?limit=1000"],
            "/v2/accelerator_requests": [
                "?instance=\(Reports.instance(1))", "?bind_state=resolved",
                "?instance=\(Reports.instance(1))&bind_state=resolved",
            ],
            "/v2/device_profiles": ["?name=p1,p2"], "/v2/attach_handles": ["?state=held"],
            "/v2/events": ["?action=arq.bound"],
        ]
    }

    @Test(arguments: ["2.3", "2.6"])
    func `W33 reading takes as many statements for many rows as for few`(version: String) async throws {
        let few = try await World(2).counts(version: version)
        let many = try await World(12).counts(version: version)
        #expect(few.count >= (version == "2.6" ? 29 : 17))
        #expect(few == many)
        for (path, count) in many { #expect(count <= 4, "\(path) takes \(count) statements") }
    }
}
