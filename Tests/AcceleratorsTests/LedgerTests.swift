import Foundation
import Testing

/// The tables of what is better than the reference and of what stays compatible, made from the names of the tests.
@Suite struct LedgerTests {
    /// Names of all tests of this repository, by the file that they stand in.
    static func names(file: String = #filePath) throws -> [String: [String]] {
        let folder = "/" + file.split(separator: "/").dropLast(2).joined(separator: "/")
        var names: [String: [String]] = [:]
        for case let path as String in FileManager.default.enumerator(atPath: folder) ?? .init()
        where path.hasSuffix(".swift") || path.hasSuffix(".py") {
            let text = try String(contentsOfFile: "\(folder)/\(path)", encoding: .utf8)
            let name = path.split(separator: "/").last?.split(separator: ".").first.map(String.init) ?? path
            let patterns: [Regex<(Substring, Substring)>] = [
                /func `([^`]+)`/, /@Test\(\s*"([^"]+)"/, /@Test(?:\([^)]*\))?\s+func (\w+)\(/, /@Suite\("([^"]+)"/,
                /@Suite struct (\w+)/,
                // A suite's comment may carry numbers for all its tests.
                /\/\/\/ ((?:W\d+a?, )*W\d+a?: [^\n]*)\n(?:\/\/\/[^\n]*\n)*@Suite/,
            ]
            let found: [String] = patterns.flatMap { pattern in text.matches(of: pattern).map { String($0.1) } }
            if !found.isEmpty { names[name, default: []] += found }
        }
        return names
    }

    @Test func `every weakness has its test`() throws {
        let names = try Self.names()
        var lines = ["| | Here | Tests |", "|---|---|---|"]
        for weakness in Weakness.all {
            let files = names.filter { _, names in
                names.contains { name in
                    name.matches(of: /W\d+a?/).contains { String($0.0) == weakness.number }
                }
            }.keys.sorted()
            #expect(!files.isEmpty, "\(weakness.number) has no test that carries its number")
            lines.append(
                "| \(weakness.number) | \(weakness.here) | \(files.map { "`\($0)`" }.joined(separator: ", ")) |")
        }
        #expect(Set(Weakness.all.map(\.number)) == Set((1...40).map { "W\($0)" } + ["W20a"]))
        try GeneratedPart(page: "accelerators.md", name: "weaknesses").check(lines.joined(separator: "\n"))
    }

    @Test func `what stays compatible has its tests`() throws {
        let names = try Self.names()
        var lines = ["| | What | Tests |", "|---|---|---|"]
        #expect(Compatibility.all.map(\.number) == Array(1...14), "The contract's checklist has 14 points.")
        for point in Compatibility.all {
            #expect(point.isOpen == point.tests.isEmpty)
            if point.isOpen {
                lines.append("| \(point.number) | **not so:** \(point.point) | – |")
                continue
            }
            var files: Set<String> = []
            for test in point.tests {
                let own = names.filter { $0.value.contains { $0.hasSuffix(test) } }.keys
                #expect(!own.isEmpty, "there is no test '\(test)'")
                files.formUnion(own)
            }
            let shown = files.filter { $0 != "Compatibility" }.sorted().map { "`\($0)`" }.joined(separator: ", ")
            lines.append("| \(point.number) | \(point.point) | \(shown) |")
        }
        try GeneratedPart(page: "accelerators.md", name: "compatibility").check(lines.joined(separator: "\n"))
    }
}
