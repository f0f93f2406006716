import API
import Accelerators
import HTTPTypes
import Model
import TestJSON
import Testing

/// The OpenAPI documents and the reference say which headers an endpoint heeds: these, and no others.
@Suite struct HeededHeaderTests {
    /// Each with a value that whoever reads it refuses.
    private static let headers = [("If-Match", "0"), ("If-None-Match", "0"), ("Idempotency-Key", "two words")]

    private func isLive(_ endpoint: Endpoint, in version: Microversion) -> Bool {
        (endpoint.since ?? version) <= version && version <= (endpoint.until ?? version)
    }

    /// Whether the endpoint reads the header.
    private func heeds(
        _ name: String, _ value: String, _ endpoint: Endpoint, in version: Microversion, _ fixture: AcceleratorFixture
    ) async throws -> Bool {
        let parts = "\(endpoint.path)".split(separator: "/").map { $0.hasPrefix("{") ? OddInputTests.arq : String($0) }
        var path = "/" + parts.joined(separator: "/")
        if endpoint.method == .delete, path == "/v2/accelerator_requests" { path += "?arqs=\(OddInputTests.arq)" }
        let answer = try await fixture.call(
            endpoint.method, path, endpoint.body == nil ? nil : OddInputTests.template(endpoint),
            as: .adminThroughService, version: "\(version)", headers: [(name, value)])
        return answer.status == 400 && answer.fault.hasPrefix("\(name) must be")
    }

    @Test(arguments: [Microversion(2, 3), Microversion(2, 4), Microversion(2, 5)])
    func `an endpoint heeds the headers that it declares`(version: Microversion) async throws {
        let fixture = try await AcceleratorFixture()
        var count = 0
        for endpoint in fixture.service.endpoints where isLive(endpoint, in: version) {
            let declared = Set(
                endpoint.headers.filter { ($0.since?.number ?? version) <= version }.map(\.name))
            for (name, value) in Self.headers {
                let isDeclared = declared.contains(name)
                count += isDeclared ? 1 : 0
                let isHeeded = try await heeds(name, value, endpoint, in: version, fixture)
                #expect(isHeeded == isDeclared, "\(endpoint.method) \(endpoint.path) \(name)")
            }
        }
        #expect(count == (version.minor == 3 ? 0 : version.minor == 4 ? 9 : 12))
    }

    @Test func `what may be stale says so, and what makes something once takes a dry run`() async throws {
        for endpoint in try await AcceleratorFixture().service.endpoints {
            let declared = Set(endpoint.headers.map(\.name))
            #expect(declared.contains("If-Match") == endpoint.faults.contains(.preconditionFailed), "\(endpoint.path)")
            let answers = endpoint.answers.map(\.status)
            #expect(declared.contains("If-None-Match") == answers.contains(304), "\(endpoint.path)")
            guard declared.contains("Idempotency-Key") else { continue }
            #expect(endpoint.faults.contains(.unprocessable))
            #expect(endpoint.query.parameters.contains { $0.name == "dry_run" } && answers == [201, 200])
        }
    }
}
