import Foundation
import Synchronization

/// Regular expressions of schemas, compiled once for the whole process.
enum Pattern {
    private static let compiled = Mutex<[String: NSRegularExpression]>([:])

    /// Whether `pattern` matches anywhere in `text`. A pattern that does not compile matches nothing; the test of each
    /// endpoint table finds it.
    static func matches(_ text: String, _ pattern: String) -> Bool {
        guard let expression = expression(pattern) else { return false }
        return expression.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)) != nil
    }

    static func isValid(_ pattern: String) -> Bool { expression(pattern) != nil }

    private static func expression(_ pattern: String) -> NSRegularExpression? {
        compiled.withLock { compiled in
            if let found = compiled[pattern] { return found }
            // `$` of ECMA 262 is the very end; ICU's also matches before a last line break.
            let strict = pattern.hasSuffix("$") ? pattern.dropLast() + "\\z" : pattern
            let made = try? NSRegularExpression(pattern: strict)
            compiled[pattern] = made
            return made
        }
    }
}
