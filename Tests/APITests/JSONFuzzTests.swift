import Foundation
import Model
import TestFuzz
import Testing

@testable import API

/// Bodies of any form are values or refusals, and nothing else.
@Suite struct JSONFuzzTests {
    private struct Numbers: Codable, Sendable, Equatable {
        var small: Int8?
        var unsigned: UInt64?
        var whole: Int?
        var number: Double?
        var texts: [String]?
        var more: [String: Int]?
        var moment: Timestamp?
    }

    private static let samples = [
        #"{"small": 12, "unsigned": 18, "whole": -5, "number": 2.5, "texts": ["a", "b"], "more": {"x": 1}, "moment": 1}"#,
        #"{"allocations": {"4e061c03-611e-4caa-bf26-999dcff4284e": {"resources": {"VCPU": 2, "FPGA": 1}}}}"#,
        #"[{"op": "add", "path": "/hostname", "value": "node-1"}, {"op": "remove", "path": "/instance_uuid"}]"#,
        #"["\u00e9\ud83d\ude00\n\t\\\"", true, false, null, [[[[[{}]]]]], -0.0, 1e2, 12345678901234567890]"#,
    ]
    private static let words = [
        "{", "}", "[", "]", ":", ",", "\"", "\\", "\\u0000", "\\ud800", "\\udc00", "null", "true", "false", "\u{feff}",
        "//",
    ]

    private static let schema = Schema.object(
        ObjectSchema(
            [
                .init("small", .integerRange(-128, 127), required: false),
                .init("whole", .integerRange(nil, 2_147_483_647), required: false),
                .init("number", .numberRange(0, 1e19), required: false),
                .init(
                    "texts",
                    .array(
                        of: .text(minLength: 1, maxLength: 3, pattern: "^[a-z]+$", format: nil), minItems: 1,
                        maxItems: 3,
                        unique: true), required: false),
                .init(
                    "more", .object(ObjectSchema([], others: .each(keyPattern: "^.{1,3}$", .integer))), required: false),
            ], others: .ignored))

    @Test func `the parser and everything behind it take what comes`() throws {
        var accepted = 0
        try Fuzzer.run("JSON parser", samples: Self.samples.map { Array($0.utf8) }, words: Self.words) { bytes in
            guard let value = try? JSONParser.parse(bytes) else { return }
            accepted += 1
            var writer = JSONWriter()
            writer.value(value)
            let again = try JSONParser.parse(writer.bytes)
            #expect(again == value, "\(String(decoding: bytes, as: UTF8.self))")
            for schema in [
                Self.schema, Schema.of(Numbers.self).strict, .array(.object(ObjectSchema([], others: .refused))),
            ] {
                if let problem = schema.problem(with: value) {
                    #expect(!problem.fault.message.isEmpty && problem.schemaPath.hasPrefix("schema"))
                }
            }
            _ = try? decodeBody(Numbers.self, from: bytes, value)
        }
        #expect(accepted > Fuzzer.rounds / 50, "hardly anything got through the parser, so little was tried behind it")
    }

    @Test func `moments at the edges are added and subtracted without a trap`() {
        let edges: [Int64] = [.min, .min + 1, -1, 0, 1, .max - 1, .max]
        for first in edges {
            let moment = Timestamp(microseconds: first)
            for second in edges {
                let other = Timestamp(microseconds: second)
                #expect((moment < other) == (first < second))
                #expect(moment.since(other) <= .microseconds(Int64.max))
                #expect(moment + .microseconds(second) >= Timestamp(microseconds: .min))
                #expect(moment - .seconds(second) <= Timestamp(microseconds: .max))
            }
        }
        #expect(Timestamp(microseconds: .max) + .seconds(1) == Timestamp(microseconds: .max))
        #expect(Timestamp(microseconds: .min) - .seconds(1) == Timestamp(microseconds: .min))
        #expect(Duration.seconds(Int64.max).wholeMicroseconds == .max)
    }
}
