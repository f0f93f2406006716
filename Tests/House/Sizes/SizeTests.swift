import Testing

@Suite struct SizeTests {
    @Test func filesAndFunctionsAreShort() {
        let house = House.shared
        #expect(house.sources.count > 1000 && house.sources.map(\.declarations.count).reduce(0, +) > 8000)
        var found = Set(house.sources.flatMap(SizeRule.findings))
        let python = ["Tests", "Benchmarks", "Tools", "lab"].flatMap { house.paths(below: $0, endingWith: ".py") }
        #expect(python.count > 50)
        for path in python { found.formUnion(SizeRule.findings(python: house.text(path), path: path)) }
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
        let edges = SourceFile(path: "B.swift", text: String(repeating: "\n", count: 400))
        #expect(SizeRule.findings(edges) == ["B.swift has 400 lines"])
        #expect(file.declarations.map(\.name) == ["Inner", "long", "short"])
        #expect(file.declarations[1].comment == "/// Its comment does not count." && file.declarations[1].isPublic)
    }

    @Test func aLongFunctionOfPythonIsFound() {
        func body(_ count: Int, _ indent: String) -> String {
            Array(repeating: "\(indent)call()\n", count: count).joined()
        }
        let text = """
            class One:
                @decorator
                async def long(self,
                               other):
                    text = \"\"\"
            not the end
                    \"\"\"
            \(body(40, "        "))
            # A remark at the margin.

            \(body(40, "        "))
                def short(self):
                    return 1


            def edge():
            \(body(78, "    "))
            print("here")
            """
        let file = PythonFile(text)
        #expect(file.functions.map(\.name) == ["long", "short", "edge"])
        #expect(file.functions.map(\.lines) == [88, 2, 79])
        #expect(SizeRule.findings(python: text, path: "a.py") == ["a.py: `long` has 88 lines"])
    }
}
