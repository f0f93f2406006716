import API
import Model
import Testing

@testable import ControlPlane

/// The versions of the services, as they are mounted.
@Suite struct VersionHistoryTests {
    @Test func `a service names each of its versions once, from its family's first to its newest`() async throws {
        let services = try await ControlPlane.described()
        #expect(Set(services.filter { !$0.versions.isEmpty }.map(\.name)) == ["placement", "accelerator"])
        for service in services where !service.versions.isEmpty {
            let first = service.family.minimum
            let numbers = service.versions.map(\.number)
            #expect(numbers == (first.minor...service.family.maximum.minor).map { Microversion(first.major, $0) })
            for version in service.versions { #expect(version.text.hasSuffix("."), "\(version)") }
            #expect(Set(service.versions.map(\.text)).count == numbers.count)
        }
    }

    @Test func `every endpoint and parameter names a version that its service has`() async throws {
        // Explanations take the parameters of the newest candidates, and have one version.
        for service in try await ControlPlane.described() where !service.versions.isEmpty {
            let numbers = Set(service.versions.map(\.number))
            for endpoint in service.endpoints {
                let named =
                    [endpoint.since, endpoint.until] + endpoint.query.parameters.map(\.since)
                    + endpoint.headers.map { $0.since?.number }
                for number in named.compactMap({ $0 }) {
                    #expect(numbers.contains(number), "\(service.name) \(endpoint.path) names \(number)")
                }
            }
        }
    }

    @Test func `the document of any version is printed, and of no other`() async throws {
        let old = try await Documents.openAPI("placement@1.0")
        let new = try await Documents.openAPI("placement")
        #expect(old.contains(#""version": "1.0""#))
        #expect(!old.contains("/allocation_candidates"))
        #expect(new.contains("/allocation_candidates"))
        for name in ["placement@1.40", "placement@x", "nothing", ""] {
            await #expect(throws: Fault.self) { try await Documents.openAPI(name) }
        }
    }
}
