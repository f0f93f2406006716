import Foundation
import Testing

/// A part of a page in `docs` that code says, between two marks. With KILONOVA_WRITE_DOCS=1 in the environment it is
/// written anew; else it must be what the code says.
struct GeneratedPart {
    let page: String
    let name: String

    func check(_ wanted: String, file: String = #filePath) throws {
        let repository = "/" + file.split(separator: "/").dropLast(3).joined(separator: "/")
        let url = URL(fileURLWithPath: "\(repository)/docs/\(page)")
        let text = try String(contentsOf: url, encoding: .utf8)
        let start = "<!-- \(name): made by the tests -->\n"
        let end = "\n<!-- /\(name) -->"
        let head = try #require(text.range(of: start), "\(page) lacks the mark \(name)")
        let tail = try #require(text.range(of: end, range: head.upperBound..<text.endIndex))
        if ProcessInfo.processInfo.environment["KILONOVA_WRITE_DOCS"] == "1" {
            let new = text[..<head.upperBound] + wanted + text[tail.lowerBound...]
            try Data(String(new).utf8).write(to: url)
            return
        }
        #expect(String(text[head.upperBound..<tail.lowerBound]) == wanted, "docs/\(page) is not up to date")
    }
}
