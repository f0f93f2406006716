import HTTPTypes
import Model
import Testing

@testable import API

/// Headers that endpoints say they heed, in what is made of them.
@Suite struct HeaderParameterTests {
    private static let first = APIVersion(2, 0, "Things.")
    private static let guarded = APIVersion(2, 4, "Things are guarded.")
    private static let keyed = APIVersion(2, 5, "Things are made once.")
    private static let guardedByTags = HeaderParameter("If-Match", "Tags that the caller knows", since: guarded)
    private static let key = HeaderParameter(
        "Idempotency-Key", "A key", schema: .text(minLength: 1, maxLength: 9, pattern: nil, format: nil), since: keyed)
    private static let dryRun = QueryParameter<Bool>("dry_run", "Make nothing", since: keyed)

    private static let service = Service(
        name: "things", title: "Things", prefix: "/things", family: AcceleratorFamily(),
        endpoints: [
            Endpoint(.delete, "/things", "Delete things", access: .open, answers: .empty()) { _ in .empty() }
                .heeding(guardedByTags),
            Endpoint(.post, "/things", "Make a thing", before: keyed, access: .open, answers: .empty()) { _ in .empty()
            },
            Endpoint(
                .post, "/things", "Make a thing", since: keyed, query: QueryRules([dryRun.description]), access: .open,
                answers: .empty()
            ) { _ in .empty() }.heeding(key),
            Endpoint(.put, "/things", "Replace things", since: guarded, access: .open, answers: .empty()) { _ in
                .empty()
            }
            .heeding(guardedByTags),
        ],
        versions: [first, guarded, keyed], authenticator: PlayedAuthenticator(), authorizer: PlayedAuthorizer())

    private func parameters(_ method: String, _ version: Microversion?) throws -> [JSONValue] {
        let document = try JSONParser.parse(OpenAPIDocument(Self.service, version: version).json())
        guard case .array(let parameters)? = document["paths"]?["/things"]?[method]?["parameters"] else { return [] }
        return parameters
    }

    @Test func `a header is in the documents of the versions that heed it`() throws {
        #expect(try parameters("delete", Microversion(2, 3)).isEmpty)
        #expect(try parameters("post", Microversion(2, 4)).isEmpty)
        for version in [Microversion(2, 4), Microversion(2, 5), nil] {
            let tags = try #require(try parameters("delete", version).first)
            #expect(tags["name"] == .text("If-Match") && tags["in"] == .text("header"))
            #expect(tags["description"] == .text("Tags that the caller knows") && tags["required"] == .bool(false))
            #expect(tags["x-openstack-min-version"] == .text("2.4"))
        }
        let made = try parameters("post", Microversion(2, 5))
        #expect(made.compactMap { $0["name"] } == [.text("dry_run"), .text("Idempotency-Key")])
        #expect(made.last?["schema"]?["maxLength"] == .integer(9))
    }

    @Test func `the page of versions says which operations heed it from when on`() throws {
        let page = try #require(VersionPage(Self.service).markdown())
        #expect(page.contains("## 2.4\n\n* new: `PUT /things`\n* header `If-Match`: `DELETE /things`\n"), "\(page)")
        #expect(
            page.contains(
                "## 2.5\n\n* with another body: `POST /things`\n* header `Idempotency-Key`: `POST /things`\n"
                    + "* parameter `dry_run`: `POST /things`\n"), "\(page)")
    }
}
