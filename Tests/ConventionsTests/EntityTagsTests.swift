import Conventions
import HTTPTypes
import Model
import Testing

@Suite struct EntityTagsTests {
    private func tags(_ text: String?) throws -> EntityTags? {
        var headers: HTTPFields = [:]
        headers[.ifMatch] = text
        return try EntityTags(.ifMatch, in: headers)
    }

    @Test(
        arguments: [
            ("*", [0, 7], []), (#""3""#, [3], [4]), (#"W/"3", "4""#, [3, 4], [5]), (#""abc", "9""#, [9], [0]),
        ] as [(String, [Int64], [Int64])])
    func `tags name generations`(text: String, held: [Int64], others: [Int64]) throws {
        let tags = try #require(try tags(text))
        for generation in held {
            #expect(tags.holds(generation))
            try tags.check(generation, of: "It")
        }
        for generation in others {
            let fault = #expect(throws: Fault.self) { try tags.check(generation, of: "It") }
            #expect(fault?.kind == .preconditionFailed && fault?.field == "If-Match")
        }
    }

    @Test func `what is no list of tags is refused, and nothing is nothing`() throws {
        #expect(try tags(nil) == nil)
        for text in ["", "3", "\"3", "*, \"3\"", "\""] {
            let fault = #expect(throws: Fault.self) { try tags(text) }
            #expect(fault?.kind == .badRequest, "\(text)")
        }
        #expect(EntityTags.header(12)[.eTag] == "\"12\"")
    }
}
