import API
import Model
import Testing

@testable import ControlPlane

/// The whole numbers that come in: each has a least and a greatest value in the documents of its service.
@Suite struct NumberBoundTests {
    @Test func `every whole number of a parameter or a body has bounds`() async throws {
        var numbers = 0
        for service in try await ControlPlane.described() {
            let document = try JSONValue(
                json: OpenAPIDocument(service, version: service.versions.last?.number).json())
            let incoming = Incoming(document)
            for (place, number) in incoming.wholeNumbers() {
                numbers += 1
                #expect(
                    number["minimum"] != nil && number["maximum"] != nil, "\(service.name): \(place) has no bounds")
            }
        }
        #expect(numbers > 100)
    }

    @Test func `a number without bounds is found wherever it stands`() throws {
        let document = """
            {"paths": {"/v1/things/{id}": {"put": {
                "parameters": [{"name": "limit", "schema": {"type": "integer", "minimum": 0}}],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}}}},
             "components": {"schemas": {"Thing": {"type": "object", "properties": {
                "parts": {"type": "array", "items": {"anyOf": [{"type": ["integer", "null"]}, {"type": "string"}]}},
                "within": {"type": "integer", "minimum": 1, "maximum": 2},
                "thing": {"$ref": "#/components/schemas/Thing"}}}}}}
            """
        let numbers = Incoming(try JSONValue(json: Array(document.utf8))).wholeNumbers()
        #expect(numbers.count == 3)
        #expect(numbers.count { $0.schema["maximum"] == nil } == 2)
    }
}

/// What a document says of requests.
private struct Incoming {
    private let document: JSONValue

    init(_ document: JSONValue) { self.document = document }

    func wholeNumbers() -> [(place: String, schema: JSONValue)] {
        var found: [(place: String, schema: JSONValue)] = []
        for path in members(document["paths"]) {
            for method in members(path.value) {
                for part in ["parameters", "requestBody"] {
                    guard let value = method.value[part] else { continue }
                    search(value, "\(method.name) \(path.name)", [], &found)
                }
            }
        }
        return found
    }

    private func search(
        _ value: JSONValue, _ place: String, _ followed: Set<String>,
        _ found: inout [(place: String, schema: JSONValue)]
    ) {
        switch value {
        case .array(let elements):
            for element in elements { search(element, place, followed, &found) }
        case .object(let all):
            if case .text(let reference)? = value["$ref"] {
                guard !followed.contains(reference), let target = resolve(reference) else { return }
                search(target, place, followed.union([reference]), &found)
                return
            }
            switch value["type"] {
            case .text("integer"): found.append((place, value))
            case .array(let types) where types.contains(.text("integer")): found.append((place, value))
            default: break
            }
            for member in all { search(member.value, "\(place) \(member.name)", followed, &found) }
        default: break
        }
    }

    /// `#/components/schemas/Thing`
    private func resolve(_ reference: String) -> JSONValue? {
        reference.split(separator: "/").dropFirst().reduce(document as JSONValue?) { $0?[String($1)] }
    }

    private func members(_ value: JSONValue?) -> [JSONValue.Member] {
        if case .object(let members)? = value { members } else { [] }
    }
}
