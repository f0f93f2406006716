import Access
import Conventions
import Model
import Store
import TestStore
import Testing

@Suite struct LimitCheckTests {
    /// Two projects that share what their domain may have.
    private struct Quota: QuotaLimits {
        var limits: [String: Int] = [:]
        var shared: Int?

        func limit(for resource: String, project: ProjectID) async throws(Fault) -> Int? { limits[resource] }

        func tree(of project: ProjectID) async throws(Fault) -> ProjectTree? {
            shared == nil ? nil : ProjectTree(root: "domain", isDomain: true, members: ["blue", "red"])
        }

        func limit(for resource: String, rootOf tree: ProjectTree) async throws(Fault) -> Int? { shared }
    }

    /// What a demand of two of `servers` is told, where the project has two and its sibling three.
    private func refusal(_ limits: any ProjectLimits, used: Int = 2) async throws -> String? {
        let check = try await LimitCheck(.init(project: "red", amounts: ["servers": 2]), by: limits) {
            resource, projects, _ in
            #expect(resource == "servers")
            return projects.count == 1 ? used : used + 3
        }
        let store = try await TestStore.open()
        return try await store.read { transaction in
            do {
                try check.enforce(in: transaction)
                return nil
            } catch let fault as Fault {
                #expect(fault.kind == .forbidden)
                return fault.message
            }
        }
    }

    @Test func `what fits is admitted, and what does not is counted up`() async throws {
        #expect(try await refusal(Unlimited()) == nil)
        #expect(try await refusal(UnifiedLimits(quota: Quota(limits: ["servers": 4]))) == nil)
        #expect(try await refusal(UnifiedLimits(quota: Quota(limits: ["servers": -1]))) == nil)
        let refused = try await refusal(UnifiedLimits(quota: Quota(limits: ["servers": 3])))
        #expect(
            refused
                == "Project red would pass its limits: servers of the project: limit 3, used 2, asked for 2, 1 too many."
        )
    }

    @Test func `what is not registered admits nothing, and says why`() async throws {
        let refused = try await refusal(UnifiedLimits(quota: Quota()), used: 0)
        #expect(refused?.hasSuffix("limit 0, used 0, asked for 2, 2 too many, because no limit is registered.") == true)
    }

    @Test func `a domain's limit counts all its projects`() async throws {
        #expect(try await refusal(UnifiedLimits(quota: Quota(limits: ["servers": 10], shared: 7))) == nil)
        let refused = try await refusal(UnifiedLimits(quota: Quota(limits: ["servers": 10], shared: 6)))
        #expect(
            refused?.contains("of the domain with all its projects: limit 6, used 5, asked for 2, 1 too many") == true)
    }
}
