import Testing

@Suite struct SafetyTests {
    @Test func everyUnsafeSaysWhyItIsSafe() {
        let sources = House.shared.sources.filter { $0.path.hasPrefix("Sources/") }
        hold(
            Set(
                sources.compactMap { file in
                    let lines = SafetyRule.unjustified(file)
                    return lines.isEmpty
                        ? nil : "\(file.path): \(lines.count) `unsafe` without `Safe: …` or `Safe because …`: \(lines)"
                }))
    }

    @Test func anUnsafeWithoutAReasonIsFound() {
        let file = SourceFile(
            path: "A.swift",
            text: #"""
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
                }
                """#)
        #expect(SafetyRule.unjustified(file) == [17])
    }
}
