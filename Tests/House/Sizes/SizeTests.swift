import Testing

@Suite struct SizeTests {
    @Test func filesAndFunctionsAreShort() {
        let house = House.shared
        #expect(house.sources.count > 1000 && house.sources.map(\.declarations.count).reduce(0, +) > 8000)
        var found = Set(house.sources.flatMap(SizeRule.findings))
        for path in ["Tests", "Benchmarks"].flatMap({ house.paths(below: $0, endingWith: ".py") }) {
            let lines = house.text(path).utf8.count { $0 == UInt8(ascii: "\n") }
            if lines > SizeRule.fileLines { found.insert(SizeRule.message(path, lines: lines)) }
        }
        hold(found)
    }

    @Test func aLongFileAndALongFunctionAreFound() {
        let body = Array(repeating: "    print(\"} \\(\"{\")\") // }", count: 90).joined(separator: "\n")
        let text = """
            extension Outer.Inner {
                /// Its comment does not count.
                @inline(never) public static func long(
                    _ parts: [String] = { [] }()
                ) async throws -> [Int: Set<Int>] where T: Sequence {
            \(body)
                }
                var short: Int { 1 }
            }
            \(String(repeating: "\n", count: 400))
            """
        let file = SourceFile(path: "A.swift", text: text)
        #expect(SizeRule.findings(file) == ["A.swift has \(file.lineCount) lines", "A.swift: `long` has 94 lines"])
        #expect(file.declarations.map(\.name) == ["Inner", "long", "short"])
        #expect(file.declarations[1].comment == "/// Its comment does not count." && file.declarations[1].isPublic)
    }
}
