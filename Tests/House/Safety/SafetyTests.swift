import Testing

@Suite struct SafetyTests {
    @Test func everyUnsafeSaysWhyItIsSafe() {
        hold(
            Set(
                House.shared.sources.compactMap { file in
                    let lines = SafetyRule.unjustified(file)
                    return lines.isEmpty
                        ? nil : "\(file.path): \(lines.count) `unsafe` without `Safe: …` or `Safe because …`: \(lines)"
                }))
    }

    @Test func anUnsafeWithoutAReasonIsFound() {
        let file = SourceFile(
            path: "A.swift",
            text: #"""
                // Safe: said for a whole file, which justifies nothing.

                import Glibc

                /// Safe because it frees what it made.
                struct Justified {
                    func read() { unsafe free(pointer) }
                }

                /// Not safe to share.
                struct Bare {
                    @unsafe let pointer: Pointer
                    func read() -> String {
                        // Safe: the buffer outlives the call.
                        unsafe String(cString: pointer)
                    }
                    // Safe: not a comment of what follows after a blank line.

                    func write() { print("\(unsafe pointer.pointee) unsafe") }
                    deinit { unsafe free(pointer) }
                }

                /// Safe: too far from what it justifies.
                struct Large {
                \#(String(repeating: "\n", count: 60))
                    func read() { unsafe free(pointer) }
                }
                """#)
        #expect(SafetyRule.unjustified(file) == [19, 20, 86])
    }
}
