import Foundation
import Testing

@testable import API

@Suite struct ClassPatternTests {
    static let patterns = [
        "^[A-Z0-9_]+$", "^[0-9a-fA-F-]{36}$", "^[-a]+$", "^[a-c]{2}$", "^[A-Z0-9_]{3}$", "^[.]+$", "^[ -/]+$",
    ]
    static let others = [
        "^CUSTOM_[A-Z0-9_]+$", "^[^a]+$", "^[a-z]*$", "^[\\d]+$", "[a]+", "^[a]+", "^[é]+$", "^[a-z]{1,3}$", "^[a]+b$",
        "^[z-a]+$", "^[a-c-e]+$", "^[]+$", "^[a]{x}$", "", "^[a-z",
    ]

    @Test(arguments: patterns) func saysWhatTheEngineSays(pattern: String) throws {
        let own = try #require(ClassPattern(pattern))
        let engine = try NSRegularExpression(pattern: pattern.dropLast() + "\\z")
        let letters = Array("ABZ019_-acfzé .\n/")
        var texts = ["", UUID().uuidString, UUID().uuidString.lowercased(), String(repeating: "a", count: 36), "AB\n"]
        for _ in 0..<500 {
            texts.append(String((0..<Int.random(in: 0...4)).map { _ in letters.randomElement() ?? "A" }))
        }
        for text in texts {
            let expected = engine.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)) != nil
            #expect(own.matches(text) == expected, "\(pattern) \(text.debugDescription)")
        }
    }

    @Test(arguments: others) func leavesOtherFormsToTheEngine(pattern: String) {
        if case .some = ClassPattern(pattern) { Issue.record("\(pattern) was taken") }
    }
}
