import Foundation
import Synchronization

/// Regular expressions of schemas, compiled once for the whole process.
enum Pattern {
    private enum Compiled {
        case simple(ClassPattern)
        case expression(NSRegularExpression)
        case malformed
    }

    private static let compiled = Mutex<[String: Compiled]>([:])

    /// Whether `pattern` matches anywhere in `text`. A pattern that does not compile matches nothing; the test of each
    /// endpoint table finds it.
    static func matches(_ text: String, _ pattern: String) -> Bool {
        switch compile(pattern) {
        case .simple(let simple): simple.matches(text)
        case .expression(let expression):
            expression.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)) != nil
        case .malformed: false
        }
    }

    static func isValid(_ pattern: String) -> Bool {
        if case .malformed = compile(pattern) { false } else { true }
    }

    private static func compile(_ pattern: String) -> Compiled {
        compiled.withLock { compiled in
            if let found = compiled[pattern] { return found }
            let made: Compiled
            if let simple = ClassPattern(pattern) {
                made = .simple(simple)
            } else {
                // `$` of ECMA 262 is the very end; ICU's also matches before a last line break.
                let strict = pattern.hasSuffix("$") ? pattern.dropLast() + "\\z" : pattern
                made = (try? NSRegularExpression(pattern: strict)).map { .expression($0) } ?? .malformed
            }
            compiled[pattern] = made
            return made
        }
    }
}
