import Model
import TestFuzz
import Testing

@testable import API
@testable import Accelerators

/// What asks to program a device in any form is taken or refused.
@Suite struct ProgramFuzzTests {
    private static let sample = """
        [{"path": "/program", "op": "add", "value": [{"image_uuid": "4e061c03-611e-4caa-bf26-999dcff4284e"}]}]
        """

    @Test func `requests to program`() {
        let schema = Schema.of([ProgramOperation].self)
        var taken = 0
        Fuzzer.run(
            "requests to program", samples: [Array(Self.sample.utf8)],
            words: [
                "{", "}", "[", "]", ":", ",", "\"", "null", "\"op\"", "\"value\"", "\"image_uuid\"", "/bitstream_id",
            ],
            usually: 500
        ) { bytes in
            guard let value = try? JSONParser.parse(bytes), schema.problem(with: value) == nil,
                let body = try? decodeBody([ProgramOperation].self, from: bytes, value)
            else { return }
            do throws(Fault) {
                _ = try ProgramOperation.image(body)
                taken += 1
            } catch {
                #expect(!error.message.isEmpty)
            }
        }
        #expect(taken > 0, "no request was taken, so nothing behind the schema was tried")
    }
}
