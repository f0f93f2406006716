import API
import Model
import Testing

@Suite struct PathTemplateTests {
    let provider = PathParameter<ResourceProviderID>("uuid", "The provider's id")

    @Test func `parameters stand in the path`() {
        let path: PathTemplate = "/resource_providers/\(provider)/inventories"
        #expect(path.description == "/resource_providers/{uuid}/inventories")
        #expect(path.segments == [.literal("resource_providers"), .parameter("uuid"), .literal("inventories")])
        #expect(path.parameters.map(\.name) == ["uuid"])
    }

    @Test func `the root and a trailing slash`() {
        #expect(PathTemplate("/").description == "/")
        #expect(PathTemplate("/v3/").description == "/v3/")
    }
}
