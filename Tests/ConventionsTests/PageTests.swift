import HTTPTypes
import TestJSON
import Testing

@Suite struct PageTests {
    private func world() async throws -> WidgetService {
        let widgets = try await WidgetService()
        for name in ["a", "b", "c d", "e"] { _ = try await widgets.make(name) }
        _ = try await widgets.make("foreign", as: "ann:blue")
        return widgets
    }

    @Test func `pages follow one another by their links`() async throws {
        let widgets = try await world()
        var path = "/widgets?limit=2"
        var pages: [[String]] = []
        while true {
            let page = try await widgets.call(.get, path).json
            pages.append(page["widgets"].array.map { $0["name"].text })
            let link = page["widgets_links"][0]
            guard link["rel"] == "next" else { break }
            let href = link["href"].text
            #expect(href.contains("/widgets/widgets?limit=2&marker="))
            path = "/widgets" + href.drop { $0 != "?" }
        }
        #expect(pages == [["a", "b"], ["c d", "e"]])
    }

    @Test func `a marker is an id of the caller's list`() async throws {
        let widgets = try await world()
        #expect(try await widgets.call(.get, "/widgets?marker=c%20d").json["widgets"].array.count == 1)
        for query in ["marker=foreign", "marker=none", "limit=0", "limit=1001", "limit=x", "other=1"] {
            #expect(try await widgets.call(.get, "/widgets?\(query)").status == 400, "\(query)")
        }
        let all = try await widgets.call(.get, "/widgets", as: "admin:any").json
        #expect(all["widgets"].array.count == 5)
    }

    @Test func `earlier versions have whole lists`() async throws {
        let widgets = try await world()
        #expect(try await widgets.call(.get, "/widgets", version: "2.4").json["widgets"].array.count == 4)
        #expect(try await widgets.call(.get, "/widgets?limit=1", version: "2.4").status == 400)
    }
}
